"""Say what is odd about a stroke that was painted."""

import math

from timbrush.effect.canvas import Report

INAUDIBLE_DECIBELS = -60.0
"""Below the loudest sample nearby: a change that is nowhere louder is hardly heard."""


def hardly_heard(report: Report) -> str:
    """Return what is to be said of a stroke of which next to nothing is heard; else nothing."""
    if not report.share_changed or not report.peak_before:
        return ""
    ratio = report.peak_change / report.peak_before
    if ratio >= 10 ** (INAUDIBLE_DECIBELS / 20):
        return ""
    below = f"its loudest sample lies {-20 * math.log10(ratio or 1):.0f} dB below the sound"
    return (
        "next to nothing is heard of what was redrawn: "
        f"{below if ratio else 'no sample became another'}; "
        "a zone of more hertz or seconds changes more"
    )


def beyond_full_scale(report: Report) -> str:
    """Return what is to be said of a stroke that left full scale; nothing if it did not."""
    if not report.n_over:
        return ""
    return (
        f"{report.n_over} samples lie beyond full scale, where files of integers cut them off; "
        "make the zone or the sound softer to keep them"
    )


def remarks(report: Report) -> tuple[str, ...]:
    """Return all that is to be said of a stroke."""
    return tuple(filter(None, (hardly_heard(report), beyond_full_scale(report))))
