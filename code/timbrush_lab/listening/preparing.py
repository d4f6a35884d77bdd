"""Make the page of a listening test, and the sounds that it plays."""

import json
import shutil
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import as_file, files
from pathlib import Path
from tempfile import mkdtemp

import numpy as np

from timbrush.audio.files import Sound, write
from timbrush.errors import OutputError
from timbrush.whole import make_folder
from timbrush_lab.clips import Clip
from timbrush_lab.hearing.signal import Samples, fit
from timbrush_lab.listening.conditions import ANCHORS, REFERENCE, Condition, low_passed

KEY = "key.json"
"""What each sound is: for who reads the answers, never for the page."""
TEST = "test.js"
SOUNDS = "sounds"
TOKEN_BYTES = 6


@dataclass(frozen=True, kw_only=True)
class Trial:
    """One page of a test: a reference and what is rated beside it.

    Args:
        kind: What is asked for, such as ``codecs``.
        clip: The sound.
        conditions: What is heard, by name; the hidden reference and the anchors come too.
    """

    kind: str
    clip: Clip
    conditions: Mapping[str, Condition]


def prepare(
    folder: Path,
    trials: Sequence[Trial],
    *,
    name: str,
    seed: int = 0,
    track: Callable[[Iterable[Trial]], Iterable[Trial]] = iter,
) -> None:
    """Write the page of a test with its sounds; it opens in any browser, without a server.

    The page's settings have webMUSHRA's names. Names of files tell nothing: ``key.json`` says
    what each is.

    Args:
        folder: Gets all files; must not exist.
        trials: The pages.
        name: Stands above the test, and in its answers.
        seed: Of the names of files.
        track: Of the trials.

    Raises:
        OutputError: If the folder exists or cannot be made.
    """
    if folder.exists():
        raise OutputError(f"{folder} exists; name a folder that does not, or remove it")
    make_folder(folder.parent)
    unfinished = Path(mkdtemp(prefix=".timbrush-", dir=folder.parent))
    try:
        _write_all(
            unfinished, trials, name=name, random=np.random.default_rng(seed), track=track
        )
        unfinished.chmod(0o755)
        unfinished.rename(folder)
    except BaseException:
        shutil.rmtree(unfinished, ignore_errors=True)
        raise


def _write_all(
    folder: Path,
    trials: Sequence[Trial],
    *,
    name: str,
    random: np.random.Generator,
    track: Callable[[Iterable[Trial]], Iterable[Trial]],
) -> None:
    def add(samples: Samples, sample_rate: int) -> str:
        """Write a sound and return its name, which says nothing about it."""
        token = random.bytes(TOKEN_BYTES).hex()
        sound = Sound(samples[None].astype(np.float32), sample_rate, "PCM_24", "WAV")
        write(folder / SOUNDS / f"{token}.wav", sound)
        return token

    pages, key = [], {}
    (folder / SOUNDS).mkdir()
    for number, trial in enumerate(track(trials), start=1):
        page, rate, heard = f"trial{number}", trial.clip.sample_rate, _together(hear(trial))
        stimuli = {add(samples, rate): name for name, samples in heard.items()}
        # The open reference is a file of its own: else its name would tell the hidden one.
        reference = add(heard[REFERENCE], rate)
        pages.append(
            {
                "type": "mushra",
                "id": page,
                "name": f"{number} of {len(trials)}",
                "reference": f"{SOUNDS}/{reference}.wav",
                "stimuli": {token: f"{SOUNDS}/{token}.wav" for token in sorted(stimuli)},
            }
        )
        key[page] = {"kind": trial.kind, "sound": trial.clip.name, "stimuli": stimuli}
    identity = random.bytes(TOKEN_BYTES).hex()
    test = {"testname": name, "testId": identity, "pages": pages}
    (folder / TEST).write_text(f"window.TEST = {json.dumps(test, indent=1)};\n", "utf-8")
    (folder / KEY).write_text(
        json.dumps({"testname": name, "testId": identity, "trials": key}, indent=1) + "\n",
        "utf-8",
    )
    with as_file(files(__package__) / "page") as static:
        for path in sorted(static.iterdir()):
            shutil.copyfile(path, folder / path.name)


def hear(trial: Trial) -> dict[str, Samples]:
    """Return what a trial plays, by condition: the reference, the anchors and its own."""
    anchors = {name: low_passed(hertz) for name, hertz in ANCHORS.items()}
    samples, rate = trial.clip.mono, trial.clip.sample_rate
    heard = {REFERENCE: samples}
    for name, condition in {**anchors, **trial.conditions}.items():
        heard[name] = fit(condition(samples, rate), len(samples))
    return heard


def _together(heard: Mapping[str, Samples]) -> dict[str, Samples]:
    """Return all sounds softer by one factor, so that none is cut at full scale."""
    peak = max(float(np.abs(samples).max(initial=0)) for samples in heard.values())
    return {name: samples / max(peak, 1.0) for name, samples in heard.items()}
