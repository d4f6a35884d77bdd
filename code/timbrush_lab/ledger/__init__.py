"""The records of all runs, and what they add up to."""
