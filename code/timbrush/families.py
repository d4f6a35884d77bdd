"""The instrument families that notes are labelled with."""

FAMILIES = (
    "bass",
    "brass",
    "flute",
    "guitar",
    "keyboard",
    "mallet",
    "organ",
    "reed",
    "string",
    "synth_lead",
    "vocal",
)
"""Families of NSynth, in the order of its labels: a label is an index into them."""
