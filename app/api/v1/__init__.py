"""Version 1 of the interface for programs: one module for each area, each with a blueprint called ``views``."""
