"""The sounds that are being edited: each a sound, a list of strokes, and a lock."""

import secrets
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import numpy as np
from starlette.exceptions import HTTPException

from timbrush.audio.files import Sound
from timbrush.effect.model import Effect
from timbrush.effect.stroke import Stroke
from timbrush.web.limits import Limits
from timbrush.web.session import Session

ID_BYTES = 24
"""192 random bits: nobody guesses a session."""


class Sessions:
    """A bounded number of sessions; the one not used for longest makes room for a new one.

    Losing one costs nothing but time: the page holds the sound and the strokes, and the same
    strokes give the same bytes.

    Args:
        effect: The loaded model.
        limits: How many sessions, how much memory, how many strokes at a time.
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
        canvas = self._effect.open(sound.samples, sample_rate=sound.sample_rate)
        share = self._limits.cache_bytes // self._limits.n_sessions
        session = Session(
            id=secrets.token_urlsafe(ID_BYTES), sound=sound, canvas=canvas, cache_bytes=share
        )
        with self._lock:
            self._sessions[session.id] = session
            while len(self._sessions) > self._limits.n_sessions:
                self._sessions.popitem(last=False)
        if sound.seconds <= self._limits.encode_ahead_seconds:
            threading.Thread(target=session.encode_ahead, daemon=True).start()
        return session

    def warm_up(self) -> None:
        """Paint on noise, so that the first stroke of a user finds all loaded."""
        names = list(self._effect.inpainters)
        name = "naive-bayes" if "naive-bayes" in names else names[0]
        noise = np.random.default_rng(0).standard_normal((1, 16_000)).astype(np.float32)
        canvas = self._effect.open(0.1 * noise, sample_rate=16_000)
        canvas.paint(Stroke(inpainter=name))

    def find(self, session_id: str) -> Session:
        """Answer a session, and count it as just used.

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
            self._sessions.pop(session_id, None)

    @contextmanager
    def turn(self, session_id: str, still_there: Callable[[], bool]) -> Iterator[Session]:
        """Wait for the session to be free, and for a processor.

        Args:
            session_id: Which session.
            still_there: Whether the client still waits, asked when its turn has come.

        Raises:
            HTTPException: 404 if it is not there (any more), 503 if too many wait already,
                499 if the client has gone.
        """
        session = self.find(session_id)
        if not self._waiting.acquire(blocking=False):
            raise HTTPException(503, "too many strokes are waiting; try again in a moment")
        try:
            with session.lock, self._running:
                if not still_there():
                    raise HTTPException(499, "the request was cancelled before its turn came")
                yield session
        finally:
            self._waiting.release()
