"""IN and OUT of a command, each a file or a folder, to pairs of files."""

import os
import signal
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager, suppress
from multiprocessing import active_children, get_context
from pathlib import Path

from timbrush.audio import containers, files
from timbrush.cli.refusals import is_the_worlds, plain_line
from timbrush.datasets.folder import find_sounds
from timbrush.errors import OutputError, TimbrushError
from timbrush.terminal import pulse, remark
from timbrush.whole import check_writable

Pair = tuple[Path, Path]
Conversion = Callable[[Path, Path], None]


def pair_files(
    source: Path,
    output: Path,
    *,
    find: Callable[[Path], Iterable[Path]],
    suffix: str | None = None,
    force: bool = False,
) -> list[Pair]:
    """Return what to read and where to write it, refused before any work is done.

    Args:
        source: A file, ``-``, or a folder, whose subtree is kept.
        output: A file or ``-`` for a file, a folder for a folder.
        find: Returns the files below a folder that are meant.
        suffix: Ending of the results of a folder; None keeps each file's own.
        force: Whether results may replace files that exist.

    Raises:
        OutputError: If a result could not be written, or two would have the same name.
    """
    if not source.is_dir():
        if output.is_dir():
            raise OutputError(f"{output} is a folder but {source} is not; name a file in it")
        if str(output) != "-":
            check_writable(output, force=force)
        return [(source, output)]
    if str(output) == "-" or output.is_file():
        raise OutputError(f"{source} is a folder, so OUT must be a folder too, not {output}")
    inside = _real(output).is_relative_to(_real(source)) and _real(output) != _real(source)
    pairs = [
        (path, output / path.relative_to(source).with_suffix(suffix or path.suffix))
        for path in find(source)
        if not (inside and _real(path).is_relative_to(_real(output)))
    ]
    if not pairs:
        raise TimbrushError(f"nothing to do: no fitting file below {source}")
    seen: dict[Path, Path] = {}
    for path, target in pairs:
        if target in seen:
            raise OutputError(
                f"{seen[target]} and {path} would both become {target}; rename one"
            )
        seen[target] = path
        if target.exists():
            check_writable(target, force=force)
    return pairs


def find_and_tell(folder: Path) -> tuple[Path, ...]:
    """Return the sounds below a folder, with remarks on what is left out of it.

    Raises:
        DatasetError: If the folder cannot be read.
    """
    return find_sounds(folder, left_out=lambda line: remark(f"left out: {line}"))


def _real(path: Path) -> Path:
    """Resolve links; ``Path.resolve`` would raise where they lead in a circle."""
    return Path(os.path.realpath(path))


def check_beside(pairs: list[Pair], *beside: Path | None, force: bool = False) -> None:
    """Refuse what a command writes beside its results if it would fall on a sound of its own.

    Args:
        pairs: From ``pair_files``.
        beside: Files to write; None for one that nobody asked for.
        force: Whether they may replace files that exist.

    Raises:
        OutputError: If one could not be written, or is another file of this command.
    """
    taken = {_real(path) for pair in pairs for path in pair if str(path) != "-"}
    for path in filter(None, beside):
        if _real(path) in taken:
            raise OutputError(f"{path} stands twice in this command; name another file")
        check_writable(path, force=force)
        taken.add(_real(path))


def warn_of_loss(pairs: list[Pair]) -> None:
    """Remark that a lossy kind of file changes more than a stroke did."""
    if any(target.suffix.lower() in containers.LOSSY for _, target in pairs):
        remark(
            "MP3, OGG and Opus change a little of the whole sound; "
            "WAV, AIFF and, up to 24 bits, FLAC keep what is outside the stroke bit by bit"
        )


def read_sound(source: Path) -> files.Sound:
    """Read a sound, with remarks on what is odd about its file.

    Raises:
        SoundError: As ``files.read``.
    """
    sound = files.read(source)
    for line in sound.remarks:
        remark(line)
    return sound


def write_sound(target: Path, sound: files.Sound, *, force: bool = False) -> None:
    """Write a result, with remarks on what its kind of file does not hold.

    Raises:
        TimbrushError: As ``files.write``.
    """
    for line in files.remarks(target, sound):
        remark(line)
    files.write(target, sound, force=force)


def convert(pairs: list[Pair], what: str, action: Conversion, *, jobs: int = 1) -> None:
    """Call ``action(source, target)`` for every pair, making the folders of the results.

    One file's error ends a command on that file; of many files, the others still are done.

    Args:
        pairs: From ``pair_files``.
        what: Beside what is said of the progress.
        action: Reads the one and writes the other. It is sent to processes where there are
            several jobs.
        jobs: Files that are worked on at a time.

    Raises:
        TimbrushError: The only file's error, or how many failed.
    """
    if len(pairs) == 1:
        with pulse(what):
            _make(action, *pairs[0])
        return
    n_failed = 0
    with pulse(what) as progress:
        progress(0, len(pairs))
        for n_done, line in enumerate(_lines(pairs, action, min(jobs, len(pairs))), 1):
            progress(n_done, len(pairs))
            if line:
                n_failed += 1
                remark(line)
    if n_failed:
        raise TimbrushError(f"{n_failed} of {len(pairs)} files could not be done (see above)")


def _lines(pairs: list[Pair], action: Conversion, jobs: int) -> Iterator[str]:
    """Yield what went wrong with each pair, nothing if it was done, as they are done."""
    if jobs == 1:
        yield from (_attempt(action, *pair) for pair in pairs)
        return
    threads = max(1, (os.cpu_count() or 1) // jobs)
    pool = ProcessPoolExecutor(
        jobs, get_context("spawn"), initializer=_prepare, initargs=(threads,)
    )
    try:
        futures = [pool.submit(_attempt_unless_interrupted, action, *pair) for pair in pairs]
        yield from (future.result() for future in as_completed(futures))
    except BrokenProcessPool as error:
        raise TimbrushError(
            "a process that worked on a file was ended, perhaps for want of memory; use fewer "
            "jobs"
        ) from error
    except SystemExit:  # of a SIGTERM, which unlike Ctrl-C does not reach the others by itself
        for process in active_children():
            process.terminate()
        raise
    finally:
        pool.shutdown(cancel_futures=True)


def _prepare(threads: int) -> None:
    """Set up a process: between files, Ctrl-C is the business of who started it."""
    import torch

    torch.set_num_threads(threads)
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _attempt_unless_interrupted(action: Conversion, source: Path, target: Path) -> str:
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.default_int_handler)
    try:
        return _attempt(action, source, target)
    except KeyboardInterrupt as error:
        return plain_line(error)
    finally:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)


def _attempt(action: Conversion, source: Path, target: Path) -> str:
    try:
        _make(action, source, target)
    except (TimbrushError, OSError, MemoryError, RuntimeError) as error:
        if not is_the_worlds(error):
            raise
        line = plain_line(error)
        return line if str(source) in line else f"{source}: {line}"
    return ""


def _make(action: Conversion, source: Path, target: Path) -> None:
    with _made(target.parent):
        action(source, target)


@contextmanager
def _made(folder: Path) -> Iterator[None]:
    """Make a folder for what a block writes; an error in it leaves no empty ones behind."""
    lacking = [path for path in (folder, *folder.parents) if not path.exists()]
    folder.mkdir(parents=True, exist_ok=True)
    try:
        yield
    except BaseException:
        with suppress(OSError):  # one that is not empty, and all above it, stay
            for path in lacking:
                path.rmdir()
        raise
