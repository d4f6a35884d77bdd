"""Figures of other systems, quoted and not measured here, each with its source.

Source: Bazin, Hadjeres, Esling and Malt, "Spectrogram Inpainting for Interactive Generation of
Instrument Sounds" (NOTONO), 2020 (arXiv:2104.07519): sizes of its networks, from which the
operations of each step were counted, and the reconstruction it reports for its codec.
"""

NOTONO_ENCODE_GIGAFLOPS = 1.65
"""Operations to encode four seconds."""

NOTONO_DECODE_GIGAFLOPS = 1.46
"""Operations to decode four seconds."""

NOTONO_STROKE_GIGAFLOPS = 5500.0
"""Operations to redraw a quarter of four seconds token by token, without a key-value cache."""

NOTONO_PARAMETERS = {"codec": 1.78e6, "coarse prior": 55.8e6, "fine prior": 70.5e6}

NOTONO_CONVERGENCE = 0.47
NOTONO_LSD = 10.5
"""Decibels; defined over its own picture, so not the same scale as ours."""
NOTONO_KILOBITS_PER_SECOND = 1.44
NOTONO_LOCALITY = 0.28
"""Share of the change of one coarse code that lies in its cell, measured on its structure."""

NOTONO_STROKE_SECONDS = 69.0
"""Its best time for that on two processor cores, measured on its structure."""
NOTONO_ROUND_TRIP_MILLISECONDS = 97.0
"""Its encoder and decoder on four seconds, on the same two cores."""
