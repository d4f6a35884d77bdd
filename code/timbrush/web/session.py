"""Keep a sound and its list of strokes, and tell what a new list changes."""

import hashlib
import json
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from weakref import WeakKeyDictionary

import numpy as np
from jaxtyping import Float

from timbrush import cancelling
from timbrush.audio.files import Sound
from timbrush.effect.canvas import Canvas
from timbrush.effect.change import Change as StrokeChange
from timbrush.effect.remarks import remarks
from timbrush.effect.stroke import Stroke
from timbrush.energy import Meter
from timbrush.errors import StrokeError
from timbrush.web.look import Look
from timbrush.web.picture import Picture, Read

MAX_VARIATIONS = 16
MAX_CANVASES = 512

Check = Callable[[], None]
"""Asked before each stroke; raises once nobody waits for the result any more."""


def unwatched() -> None:
    """Let every stroke be painted."""


@dataclass(frozen=True, kw_only=True)
class Cost:
    """What a stroke did and took.

    Args:
        milliseconds: Time from its turn to its samples.
        joules: Energy of the process meanwhile.
        estimated: Whether the joules rest on assumed watts.
        share: Share of the painted cells that hold another code now.
        decibels: By how much the zone became louder.
        first_sample: First sample that may differ.
        last_sample: One past the last.
        remarks: What is odd about it.
    """

    milliseconds: float
    joules: float
    estimated: bool
    share: float
    decibels: float
    first_sample: int
    last_sample: int
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, eq=False)
class Change:
    """What differs between two states of a sound, and nothing else.

    Args:
        n_strokes: Strokes of the new state.
        first_stroke: Strokes that both states begin with.
        costs: One for each stroke after those.
        first_sample: Where ``samples`` begin.
        samples: The new samples of the span that may differ.
        read: Returns samples of the new state.
    """

    n_strokes: int
    first_stroke: int
    costs: tuple[Cost, ...]
    first_sample: int
    samples: Float[np.ndarray, "channel time"]
    read: Read


@dataclass(frozen=True, kw_only=True)
class _Step:
    """A stroke of the list; the key names the whole list up to it."""

    stroke: Stroke
    key: bytes
    cost: Cost


class Session:
    """A sound being edited; hold ``lock`` while calling what takes a ``check``.

    Canvases of lists that were visited are kept while memory lasts, so that undo and redo cost
    nothing; one that went is painted again, to the same bytes. An edit that alone exceeds the
    memory is refused.

    Args:
        id: Its unguessable name.
        sound: The sound as it was sent.
        canvas: The effect's canvas of that sound, without a stroke.
        budget_bytes: Memory for what strokes change.
    """

    def __init__(self, *, id: str, sound: Sound, canvas: Canvas, budget_bytes: int) -> None:
        self.id = id
        self.sound = sound
        self.lock = threading.Lock()
        self._blank = canvas
        self._canvas = canvas
        self._steps: tuple[_Step, ...] = ()
        self._kept: OrderedDict[bytes, tuple[Canvas, Cost]] = OrderedDict()
        self._budget_bytes = budget_bytes
        # Bytes of each change as long as any canvas refers to it: canvases share their changes.
        self._sizes: WeakKeyDictionary[StrokeChange, int] = WeakKeyDictionary()
        # Of the sound too; kept, since other threads read it while this session paints.
        self.nbytes = sound.samples.nbytes

    @property
    def strokes(self) -> tuple[Stroke, ...]:
        """The edit."""
        return tuple(step.stroke for step in self._steps)

    def picture(self, look: Look) -> Picture:
        """Return where the columns and rows of the sound's picture lie.

        Raises:
            HTTPException: 422 if it cannot be drawn so.
        """
        look = look.check(self.sound.n_channels)
        return Picture(sample_rate=self.sound.sample_rate, length=self.sound.length, look=look)

    @property
    def canvas(self) -> Canvas:
        """The sound after all strokes."""
        return self._canvas

    @property
    def edited(self) -> Sound:
        """The sound after all strokes, stored as it was sent."""
        return replace(self.sound, samples=self._canvas.samples)

    def reader(self, of: str) -> Read:
        """Return what reads the samples of the ``edited`` sound or of the ``original``."""
        return self._blank.read if of == "original" else self._canvas.read

    def encode_ahead(self) -> None:
        """Encode the whole sound, so that the first stroke need not. Takes no lock of ours."""
        _ = self._blank.codemaps

    def paint(self, stroke: Stroke, check: Check = unwatched) -> Change:
        """Append a stroke. If it fails, nothing has changed."""
        return self._move_to(self._steps, (stroke,), check)

    def replace(self, strokes: Sequence[Stroke], check: Check = unwatched) -> Change:
        """Make this list the edit: undo, redo, a jump, a saved edit. All or nothing."""
        shared = 0
        for step, stroke in zip(self._steps, strokes, strict=False):
            if step.stroke != stroke:
                break
            shared += 1
        return self._move_to(self._steps[:shared], tuple(strokes[shared:]), check)

    def variations(
        self, stroke: Stroke, seeds: Sequence[int], check: Check = unwatched
    ) -> list[Change]:
        """Return what the stroke would change with each seed; the edit stays as it is."""
        changes = []
        for seeded in _seeded(stroke, seeds):
            canvas, step = self._paint(self._steps, self._canvas, seeded, check)
            changes.append(self._change(canvas, (*self._steps, step), len(self._steps)))
        return changes

    def varied(
        self, stroke: Stroke, seeds: Sequence[int], check: Check = unwatched
    ) -> Iterator[Sound]:
        """Return the whole sound with the stroke, once for each seed; the edit stays."""
        for seeded in _seeded(stroke, seeds):
            canvas, _ = self._paint(self._steps, self._canvas, seeded, check)
            yield replace(self.sound, samples=canvas.samples)

    def added(self, index: int | None = None, check: Check = unwatched) -> Change:
        """Return what a stroke added to the sound before it; without a number, what all did.

        Args:
            index: Number of the stroke, from 0.
            check: See ``Check``.

        Raises:
            StrokeError: If there is no such stroke.
        """
        n_strokes = len(self._steps)
        if index is not None and not 0 <= index < n_strokes:
            raise StrokeError(f"expected a stroke from 0 to {n_strokes - 1}, got {index}")
        start, stop = (0, n_strokes) if index is None else (index, index + 1)
        before = self._canvas_of(self._steps[:start], check)
        after = self._canvas_of(self._steps[:stop], check)

        def read(first: int, last: int) -> Float[np.ndarray, "channel time"]:
            return after.read(first, last) - before.read(first, last)

        first, last = _span([step.cost for step in self._steps[start:stop]])
        return Change(
            n_strokes=n_strokes,
            first_stroke=start,
            costs=(),
            first_sample=first,
            samples=read(first, last),
            read=read,
        )

    def _move_to(
        self, shared: tuple[_Step, ...], strokes: tuple[Stroke, ...], check: Check
    ) -> Change:
        steps, canvas = shared, self._canvas_of(shared, check)
        for stroke in strokes:
            canvas, step = self._paint(steps, canvas, stroke, check)
            steps = (*steps, step)
        change = self._change(canvas, steps, len(shared))
        self._steps, self._canvas = steps, canvas
        self._make_room()
        return change

    def _canvas_of(self, steps: tuple[_Step, ...], check: Check) -> Canvas:
        """Return the canvas of a list: one that was kept, or painted on from the nearest."""
        if steps == self._steps:
            return self._canvas
        kept = (n for n in range(len(steps), 0, -1) if steps[n - 1].key in self._kept)
        nearest = next(kept, 0)
        canvas = self._kept[steps[nearest - 1].key][0] if nearest else self._blank
        for n in range(nearest, len(steps)):
            canvas, _ = self._paint(steps[:n], canvas, steps[n].stroke, check)
        return canvas

    def _paint(
        self, steps: tuple[_Step, ...], canvas: Canvas, stroke: Stroke, check: Check
    ) -> tuple[Canvas, _Step]:
        key = _key(steps[-1].key if steps else b"", stroke)
        if key in self._kept:
            self._kept.move_to_end(key)
        else:
            check()
            with Meter() as meter, cancelling.asking(check):
                canvas = canvas.paint(stroke)
            self._count(canvas)
            report = canvas.reports[-1]
            cost = Cost(
                milliseconds=meter.reading.seconds * 1000,
                joules=meter.reading.joules,
                estimated=meter.reading.estimated,
                share=float(report.share_changed),
                decibels=float(report.level_decibels),
                first_sample=report.first_sample,
                last_sample=report.last_sample,
                remarks=remarks(report),
            )
            self._kept[key] = canvas, cost
            self._make_room()
        canvas, cost = self._kept[key]
        return canvas, _Step(stroke=stroke, key=key, cost=cost)

    def _count(self, canvas: Canvas) -> None:
        """Count the newest change of a canvas, and refuse an edit that alone is too large."""
        for change in canvas.changes[-1:]:
            self._sizes[change] = change.nbytes
        n_bytes = sum(self._sizes[change] for change in canvas.changes)
        if n_bytes > self._budget_bytes:
            raise StrokeError(
                f"expected strokes that change at most {self._budget_bytes / 1e6:.3g} MB, "
                f"got {n_bytes / 1e6:.3g} MB; undo some, paint smaller zones, or use the "
                "command line"
            )

    def _make_room(self) -> None:
        """Forget the canvases that were not visited for longest."""
        while len(self._kept) > 1 and (
            sum(self._sizes.values()) > self._budget_bytes or len(self._kept) > MAX_CANVASES
        ):
            self._kept.popitem(last=False)
        self.nbytes = self.sound.samples.nbytes + sum(self._sizes.values())

    def _change(self, canvas: Canvas, steps: tuple[_Step, ...], shared: int) -> Change:
        """Compare with the state now: only strokes that one of the two lacks can differ."""
        costs = tuple(step.cost for step in steps[shared:])
        first, last = _span([*costs, *(step.cost for step in self._steps[shared:])])
        return Change(
            n_strokes=len(steps),
            first_stroke=shared,
            costs=costs,
            first_sample=first,
            samples=canvas.read(first, last),
            read=canvas.read,
        )


def _span(costs: Sequence[Cost]) -> tuple[int, int]:
    """Return the samples that strokes may have changed."""
    spans = [
        (cost.first_sample, cost.last_sample)
        for cost in costs
        if cost.last_sample > cost.first_sample
    ]
    first = min((start for start, _ in spans), default=0)
    return first, max((stop for _, stop in spans), default=0)


def _key(before: bytes, stroke: Stroke) -> bytes:
    """Name a list by its last stroke and the name of the list before it."""
    text = json.dumps(stroke.to_dict(), sort_keys=True)
    return hashlib.sha256(before + text.encode()).digest()


def _seeded(stroke: Stroke, seeds: Sequence[int]) -> list[Stroke]:
    return [Stroke.from_dict({**stroke.to_dict(), "seed": seed}) for seed in seeds]
