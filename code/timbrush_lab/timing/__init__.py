"""How long and how many joules a piece of code takes on this machine."""
