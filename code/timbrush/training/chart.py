"""A run's history to a chart."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from timbrush.whole import write_whole


def draw_history(path: Path, history: Sequence[Mapping[str, float | int]]) -> None:
    """Draw every figure of the validations against the step, training beside validation."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib.figure import Figure

    names = [name for name in history[-1] if name != "step" and not name.startswith("train_")]
    figure = Figure(figsize=(4 * len(names), 3), layout="constrained")
    for axes, name in zip(figure.subplots(1, len(names), squeeze=False)[0], names, strict=True):
        for key, label in ((f"train_{name}", "training"), (name, "validation")):
            points = [(entry["step"], entry[key]) for entry in history if key in entry]
            if points:
                axes.plot(*zip(*points, strict=True), label=label)
        axes.set(title=name.replace("_", " "), xlabel="step")
        axes.grid(alpha=0.3)
    figure.legend(*axes.get_legend_handles_labels(), loc="outside upper right")
    with write_whole(path, force=True) as file:
        figure.savefig(file, format="png", dpi=100)
