"""The demo village: two months of life, made only by calling real operations with a fixed seed."""
