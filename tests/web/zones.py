"""Zones of every shape and mode, and the pixels that Python draws of them.

``PYTHONPATH=code:tests python -m web.zones`` writes tests/golden/zones.json, which both
Python and the page's JavaScript must match.
"""

import json
from pathlib import Path
from typing import Any

from timbrush.audio.spectrogram import SpectrogramConfig
from timbrush.codec.contract import Grid
from timbrush.effect.stroke import Stroke
from timbrush.effect.zone.sheet import Sheet
from timbrush.effect.zone.zone import Drawing

GOLDEN = Path(__file__).parents[1] / "golden" / "zones.json"
CONFIG = SpectrogramConfig(sample_rate=16_000, n_fft=128, hop_length=32)
FIRST_FRAME, N_FRAMES = 20, 90

BOX = {"shape": "rectangle", "seconds": [0.07, 0.15], "hertz": [900, 4100]}
THIN = {"shape": "rectangle", "seconds": [0.101, 0.102], "hertz": [2010, 2020]}
LASSO = {
    "shape": "lasso",
    "points": [[0.05, 700], [0.21, 1500], [0.09, 6500], [0.06, 2000], [0.19, 5200]],
}
BRUSH = {
    "shape": "brush",
    "points": [[0.06, 500], [0.12, 3000], [0.2, 2500]],
    "size_seconds": 0.03,
    "size_octaves": 0.7,
}
DOT = {**BRUSH, "points": [[0.14, 4000]], "size_seconds": 1e-3, "size_octaves": 1e-3}
PARTIALS = {"shape": "harmonics", "pitch_hertz": 810, "width_hertz": 200}
FEW = {**PARTIALS, "seconds": [0.08, 0.16], "width_hertz": 1, "n_partials": 4}

ZONES: dict[str, list[dict[str, Any]]] = {
    "rectangle": [BOX],
    "rectangle thinner than a pixel": [THIN],
    "rectangle of all time": [{"shape": "rectangle", "hertz": [1000, 1500]}],
    "lasso": [LASSO],
    "brush": [BRUSH],
    "dot": [DOT],
    "harmonics": [PARTIALS],
    "few harmonics": [FEW],
    "lasso without a rectangle": [LASSO, {**BOX, "mode": "subtract"}],
    "brush within a rectangle": [BRUSH, {**BOX, "mode": "intersect"}],
    "all but a rectangle": [{**BOX, "mode": "subtract"}, THIN],
    "partials and a brush without a lasso": [FEW, BRUSH, {**LASSO, "mode": "subtract"}],
}


def rows(zone: list[dict[str, Any]]) -> list[str]:
    """Draw a zone with the product: a line of # and . for each bin, lowest first."""
    sheet = Sheet(
        config=CONFIG,
        first_frame=FIRST_FRAME,
        n_frames=N_FRAMES,
        grids=(Grid(row_edges=(0, CONFIG.n_bins), frames_per_column=N_FRAMES),),
        level_names=("coarse",),
        seconds_bounds=(0.0, 10.0),
        hertz_bounds=(0.0, 8000.0),
    )
    pixels = Drawing(Stroke.from_dict({"zone": zone}), sheet, N_FRAMES)(0)[0]
    return ["".join(".#"[int(weight)] for weight in row) for row in pixels.tolist()]


def golden() -> dict[str, Any]:
    """Return what the golden file holds."""
    return {
        "frame_seconds": CONFIG.frame_seconds,
        "bin_hertz": CONFIG.bin_hertz,
        "first_frame": FIRST_FRAME,
        "zones": [{"name": n, "zone": zone, "rows": rows(zone)} for n, zone in ZONES.items()],
    }


if __name__ == "__main__":
    GOLDEN.write_text(json.dumps(golden(), indent=1) + "\n")
