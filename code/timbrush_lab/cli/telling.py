"""Say how well redrawn spans can be told from untouched ones."""

from pathlib import Path
from typing import Annotated

import typer

from timbrush.cli.options import Device, Force, Model
from timbrush_lab.cli.output import RecordFile, check_output, put_out
from timbrush_lab.cli.strokes_kept import Settings, read_settings
from timbrush_lab.cli.track import tracker


def telling(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="Sounds to paint on.")],
    model: Model = None,
    inpainter: Annotated[
        list[str], typer.Option(metavar="NAME", help="Who redraws; may be given again.")
    ] = ["naive-bayes", "transformer"],  # noqa: B006
    n_spans: Annotated[int, typer.Option("-n", "--spans", min=2, help="Spans.")] = 236,
    settings: Settings = None,
    seed: Annotated[int, typer.Option(min=0, help="Seed of the choice of spans.")] = 0,
    output: RecordFile = None,
    force: Force = False,
    device: Device = "auto",
) -> None:
    """Teach a classifier to tell redrawn spans: its AUC, beside that for simpler means.

    Example: timbrush-lab evaluate telling my-sounds/ --inpainter transformer
    """
    from timbrush.effect.model import load
    from timbrush.effect.stroke import Stroke
    from timbrush.energy import Meter
    from timbrush_lab.clips import read_clips
    from timbrush_lab.kept import telling as judge
    from timbrush_lab.kept.stand_ins import FILLS
    from timbrush_lab.kept.strokes import top_hertz

    check_output(output, force=force)
    fields = read_settings(settings or [])
    clips, effect = list(read_clips(folder)), load(model, device=device)
    ways = {
        name: judge.by_strokes(effect, Stroke.from_dict({**fields, "inpainter": name}))
        for name in inpainter
    } | {name: judge.by_stand_in(name) for name in FILLS}
    spans = judge.draw_spans(clips, n_spans, seed=seed)
    with Meter() as meter:
        aucs = {
            name: judge.auc(clips, spans, way, top_hertz=top_hertz(effect), track=tracker(name))
            for name, way in ways.items()
        }
    values = {
        "model": effect.fingerprint,
        "data": folder.name,
        "settings": fields,
        "n_spans": n_spans,
        "auc": aucs,
    }
    put_out(values, meter.reading, output, what="telling redrawn spans", seed=seed)
