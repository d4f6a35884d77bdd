"""Paint the strokes of a command on one sound after the other, and say what is odd about it."""

from contextlib import nullcontext
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from timbrush.audio import containers, files
from timbrush.cli.folders import read_sound, write_sound
from timbrush.effect.actions import commands
from timbrush.effect.canvas import Canvas
from timbrush.effect.model import Effect, load
from timbrush.effect.remarks import hardly_heard
from timbrush.effect.stroke import Stroke
from timbrush.errors import OutsideError
from timbrush.terminal import remark

BLOCK_SAMPLES = 1 << 20
"""Samples of a channel that are edited at a time."""

load_once = cache(load)


@dataclass(frozen=True, kw_only=True)
class Painting:
    """Reads a sound, paints on it and writes the result; other processes can be sent it.

    Args:
        strokes: In their order.
        model: A folder of models or a model file; None is the bundled one.
        device: Where the codec runs.
        force: Whether files that exist may be replaced.
        is_one_of_many: Whether a sound that lies outside of every stroke is written as it is.
        allow_commands: Whether strokes may run the programs that they name.
    """

    strokes: tuple[Stroke, ...]
    model: Path | None
    device: str
    force: bool
    is_one_of_many: bool
    allow_commands: bool = False

    def __call__(self, source: Path, target: Path) -> None:
        """Paint on one sound.

        Raises:
            TimbrushError: If it cannot be read, painted on or written.
        """
        sound = read_sound(source)
        effect = load_once(self.model, device=self.device)
        with commands.commands_allowed() if self.allow_commands else nullcontext():
            canvas = self._paint(effect, sound, source)
        how = (sound.format, sound.subtype, sound.samples.size)
        n_over = sum(report.n_over for report in canvas.reports)
        if n_over and containers.choose(target, *how).clips:
            remark(
                f"{target}: the strokes took {n_over} samples beyond full scale, where they "
                "are cut off; turn the original down first to keep them"
            )
        for first in range(0, sound.length, BLOCK_SAMPLES):
            last = min(first + BLOCK_SAMPLES, sound.length)
            sound.samples[:, first:last] = canvas.read(first, last)  # no second copy of it all
        write_sound(target, sound, force=self.force)

    def _paint(self, effect: Effect, sound: files.Sound, source: Path) -> Canvas:
        canvas = effect.open(
            sound.samples, sample_rate=sound.sample_rate, n_channels=sound.n_channels
        )
        outside = None
        for number, stroke in enumerate(self.strokes, 1):
            name = f"{source}: stroke {number}" if len(self.strokes) > 1 else str(source)
            try:
                canvas = canvas.paint(stroke)
            except OutsideError as error:
                outside = error
                if self.is_one_of_many or len(self.strokes) > 1:
                    remark(f"{name}: left out: {error}")
                continue
            if line := hardly_heard(canvas.reports[-1]):
                remark(f"{name}: {line}")
        if outside is not None and not canvas.strokes and not self.is_one_of_many:
            raise outside
        return canvas
