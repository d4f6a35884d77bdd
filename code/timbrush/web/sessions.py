"""Keep the sounds that are being edited, within bounds of number and memory."""

import secrets
import threading
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext

import numpy as np
from starlette.exceptions import HTTPException

from timbrush.audio.files import Sound
from timbrush.effect.memory import give_back_freed_memory
from timbrush.effect.model import Effect
from timbrush.effect.stroke import Stroke
from timbrush.inpainting import registry
from timbrush.web.limits import Limits
from timbrush.web.session import Check, Session

LARGE_BYTES = 32 * 2**20
"""When a sound that took more is forgotten, its memory is given back to the system."""
ID_BYTES = 24
"""192 random bits: nobody guesses a session."""


class Sessions:
    """Sessions, bounded in number and memory; the one not used for longest makes room.

    Losing one costs nothing but time: the page holds the sound and the strokes, and the same
    strokes give the same bytes.

    Args:
        effect: The loaded model.
        limits: How many sessions, how much memory, how many requests at a time.
    """

    def __init__(self, effect: Effect, limits: Limits) -> None:
        self._effect = effect
        self._limits = limits
        self._sessions: OrderedDict[str, Session] = OrderedDict()
        self._lock = threading.Lock()
        self._waiting = threading.BoundedSemaphore(limits.n_waiting)
        self._running = threading.BoundedSemaphore(limits.n_running)

    def __len__(self) -> int:
        return len(self._sessions)

    def open(self, sound: Sound) -> Session:
        """Start a session on a sound."""
        session = Session(
            id=secrets.token_urlsafe(ID_BYTES),
            sound=sound,
            canvas=self._effect.open(
                sound.samples, sample_rate=sound.sample_rate, n_channels=sound.n_channels
            ),
            budget_bytes=self._limits.held_bytes - sound.samples.nbytes,
        )
        with self._lock:
            self._sessions[session.id] = session
        self._make_room()
        short = sound.seconds <= self._limits.encode_ahead_seconds
        # Where no processor is free, the first stroke encodes what it needs.
        if short and self._running.acquire(blocking=False):
            # The process waits for it at its end: a daemon, as the caller's thread may be,
            # would be torn out of torch, which aborts.
            work = threading.Thread(target=self._encode_ahead, args=(session,), daemon=False)
            work.start()
        return session

    def _encode_ahead(self, session: Session) -> None:
        try:
            session.encode_ahead()
        finally:
            self._running.release()

    def _make_room(self) -> None:
        """Forget the sessions that were not used for longest; the last one stays."""
        limits = self._limits
        with self._lock:
            while len(self._sessions) > 1 and (
                len(self._sessions) > limits.n_sessions
                or sum(session.nbytes for session in self._sessions.values())
                > limits.held_bytes
            ):
                self._sessions.popitem(last=False)

    def warm_up(self) -> None:
        """Paint on noise, so that the first stroke of a user finds all loaded."""
        noise = np.random.default_rng(0).standard_normal((1, 16_000)).astype(np.float32)
        canvas = self._effect.open(0.1 * noise, sample_rate=16_000)
        canvas.paint(Stroke(inpainter=registry.default(self._effect.inpainters)))

    def find(self, session_id: str) -> Session:
        """Return a session, and count it as just used.

        Raises:
            HTTPException: 404 if it is not there (any more).
        """
        with self._lock:
            if session_id not in self._sessions:
                raise HTTPException(
                    404,
                    "this session is not known (any more); send sound and strokes again",
                )
            self._sessions.move_to_end(session_id)
            return self._sessions[session_id]

    def close(self, session_id: str) -> None:
        """Forget a session; one that is not there is forgotten already."""
        with self._lock:
            session = self._sessions.pop(session_id, None)
        is_large = session is not None and session.nbytes > LARGE_BYTES
        del session
        if is_large:
            give_back_freed_memory()

    @contextmanager
    def gate(
        self, check: Check, lock: AbstractContextManager[object] | None = None
    ) -> Iterator[None]:
        """Wait for a processor.

        Args:
            check: Asked when its turn has come; raises if the client has gone.
            lock: What to wait for first.

        Raises:
            HTTPException: 503 if too many wait already.
        """
        if not self._waiting.acquire(blocking=False):
            raise HTTPException(503, "too much work is waiting; try again in a moment")
        try:
            with lock or nullcontext(), self._running:
                check()
                yield
        finally:
            self._waiting.release()

    @contextmanager
    def working(self) -> Iterator[None]:
        """Wait for a processor, for work that has begun and is not sent away any more."""
        with self._running:
            yield

    @contextmanager
    def turn(self, session_id: str, check: Check) -> Iterator[Session]:
        """Wait for the session to be free, and for a processor; see ``gate``.

        Raises:
            HTTPException: 404 if it is not there (any more), 503 if too many wait already.
        """
        with self.gate(check, self.find(session_id).lock):
            try:
                # Not held on to while waiting: it may have made room for another.
                yield self.find(session_id)
            finally:
                self._make_room()
