"""``timbrush doctor``: what is installed, where it lies, and whether a stroke works."""

import typer

from timbrush.cli.options import Json

EXTRAS = {
    "matplotlib": "picture",
    "pynvml": "gpu",
    "sklearn": "lab",
    "gradio": "harp",
}
"""A module that each extra brings, and the extra's name."""


def doctor(json_: Json = False) -> None:
    """Say what is installed and where, and try a stroke.

    Example: timbrush doctor
    """
    import json

    found = _facts()
    if json_:
        typer.echo(json.dumps(found, indent=2))
        return
    width = max(map(len, found))
    for name, value in found.items():
        typer.echo(f"{name:<{width}}  {value}")
    typer.echo("\nAll is well: the stroke changed its zone and nothing else.")


def _facts() -> dict[str, str]:
    import platform
    import sys
    from importlib.metadata import version
    from importlib.util import find_spec

    import numpy as np
    import soundfile
    import torch

    from timbrush import __version__
    from timbrush.effect import bundled

    milliseconds = _try_a_stroke()
    is_here = {name: find_spec(name) is not None for name in EXTRAS}
    models = {
        f"model {name}": f"{bundled.FOLDER / name} ({_megabytes(name)} MB)"
        for name in bundled.names()
    }
    there = [EXTRAS[name] for name in EXTRAS if is_here[name]]
    absent = [EXTRAS[name] for name in EXTRAS if not is_here[name]]
    return {
        "timbrush": __version__,
        "python": f"{platform.python_version()} at {sys.executable}",
        "system": platform.platform(),
        "torch": f"{torch.__version__}, {torch.get_num_threads()} threads",
        "numpy": np.__version__,
        "sound files": f"soundfile {version('soundfile')}, {soundfile.__libsndfile_version__}",
        "graphics card": _graphics_card(),
        **models,
        "extras there": ", ".join(there) or "none",
        "extras absent": ", ".join(absent) or "none",
        "remove with": f"{sys.executable} -m pip uninstall timbrush torch",
        "a stroke takes": f"{milliseconds:.0f} ms",
    }


def _graphics_card() -> str:
    import torch

    if torch.cuda.is_available():
        return torch.cuda.get_device_name()
    return "none that torch can use; none is needed"


def _megabytes(name: str) -> int:
    from timbrush.effect import bundled

    files = (bundled.FOLDER / name).iterdir()
    return round(sum(path.stat().st_size for path in files) / 1e6)


def _try_a_stroke() -> float:
    """Return the milliseconds of a stroke on a bundled note.

    Raises:
        TimbrushError: If it changed nothing, or anything outside of what it reports.
    """
    from pathlib import Path

    import numpy as np

    from timbrush.audio import files
    from timbrush.cli.demo import NOTE
    from timbrush.effect.model import load
    from timbrush.effect.stroke import Stroke
    from timbrush.errors import TimbrushError

    sound = files.read(Path(__file__).parent.parent / "notes" / NOTE)
    canvas = load().open(sound.samples, sample_rate=sound.sample_rate)
    painted = canvas.paint(Stroke(seconds=(1.0, 2.0), seed=1))
    report = painted.reports[-1]
    differs = np.flatnonzero((painted.samples != sound.samples).any(axis=0))
    span = range(report.first_sample, report.last_sample)
    if not len(differs) or differs[0] not in span or differs[-1] not in span:
        raise TimbrushError(
            "a stroke on a bundled note did not do what it must; install timbrush again"
        )
    return report.milliseconds
