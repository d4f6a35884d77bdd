"""Send a sound through Opus, a well-known codec beside ours, where it is installed."""

import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

import torch
from jaxtyping import Float
from torch import Tensor

from timbrush.audio import files
from timbrush.errors import OutputError

TIMEOUT_SECONDS = 60


@dataclass(frozen=True, eq=False)
class OpusSound:
    """A decoded sound and the size of its file.

    Args:
        waveform: As long as the original, aligned with it.
        n_bytes: Size of the whole Ogg file, headers included.
    """

    waveform: Float[Tensor, " time"]
    n_bytes: int


def is_installed() -> bool:
    """Whether ``opusenc`` and ``opusdec`` are there (Debian's ``opus-tools``)."""
    return bool(shutil.which("opusenc") and shutil.which("opusdec"))


def opus_round_trip(
    waveform: Float[Tensor, " time"], sample_rate: int, *, kilobits_per_second: int
) -> OpusSound:
    """Encode and decode with the reference encoder at its best complexity.

    Raises:
        OutputError: When the encoder or decoder fails.
    """
    with tempfile.TemporaryDirectory() as folder:
        original, coded, decoded = (
            Path(folder) / name for name in ("a.wav", "a.opus", "b.wav")
        )
        samples = waveform[None].cpu().numpy()
        files.write(original, files.Sound(samples, sample_rate, "FLOAT", "WAV"))
        rate = str(kilobits_per_second)
        _call("opusenc", "--quiet", "--music", "--bitrate", rate, str(original), str(coded))
        _call(
            "opusdec",
            "--quiet",
            "--float",
            "--rate",
            str(sample_rate),
            str(coded),
            str(decoded),
        )
        restored = torch.from_numpy(files.read(decoded).samples[0]).float()
        return OpusSound(_fit(restored, len(waveform)), coded.stat().st_size)


def _fit(waveform: Float[Tensor, " time"], length: int) -> Float[Tensor, " same"]:
    padding = max(0, length - len(waveform))
    return torch.nn.functional.pad(waveform, (0, padding))[:length]


def _call(*command: str) -> None:
    try:
        subprocess.run(command, check=True, capture_output=True, timeout=TIMEOUT_SECONDS)
    except (OSError, subprocess.SubprocessError) as error:
        raise OutputError(f"{command[0]} failed: {error}") from error
