"""The training loop: steps, state, what a run prints and what it publishes."""
