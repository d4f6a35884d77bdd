"""``timbrush download``: a data set from its official place, verified."""

from pathlib import Path
from typing import Annotated

import typer


def download(
    name: Annotated[str, typer.Argument(metavar="nsynth|mnist", help="Which data set.")],
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Where to.")] = Path("data"),
    split: Annotated[
        list[str] | None,
        typer.Option(help="Of nsynth: train (24 GB), valid or test; left out, all three."),
    ] = None,
) -> None:
    """Fetch a data set and verify it; an interrupted download goes on.

    Example: timbrush download nsynth data --split valid
    """
    from timbrush.datasets import sources
    from timbrush.datasets.archives import DamagedArchiveError, unpack_nsynth
    from timbrush.datasets.download import fetch
    from timbrush.errors import DownloadError
    from timbrush.terminal import bar

    splits = split or list(sources.NSYNTH)
    if name not in ("nsynth", "mnist"):
        raise DownloadError(f"the data sets are nsynth and mnist, got {name!r}")
    if unknown := set(splits) - set(sources.NSYNTH):
        raise DownloadError(
            f"nsynth has the splits {' '.join(sources.NSYNTH)}, not {min(unknown)}"
        )
    if name == "mnist":
        for file in sources.MNIST:
            with bar(file.name) as progress:
                typer.echo(fetch(file, folder / "MNIST" / "raw", progress=progress))
        return
    for part in (sources.NSYNTH[s] for s in splits):
        target = folder / part.name
        if not target.exists():
            with bar(part.file.name) as progress:
                archive = fetch(part.file, folder, progress=progress)
            with bar(f"unpacking {part.name}") as progress:
                try:
                    unpack_nsynth(archive, target, n_notes=part.n_notes, progress=progress)
                except DamagedArchiveError:  # or the next call would try the same one again
                    archive.unlink(missing_ok=True)
                    raise
            archive.unlink()
        typer.echo(target)
