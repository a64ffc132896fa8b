"""The groups that review and supervise: elected for a term, with their tally, and who sits today."""
