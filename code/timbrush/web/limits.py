"""Say how much of a machine the page's server may use."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Limits:
    """Bounds on what comes over the wire and on what is kept.

    Args:
        sound_bytes: Longest sound file that is taken.
        json_bytes: Longest JSON body that is taken.
        body_seconds: Longest time that a body may take to arrive.
        sound_seconds: Longest sound, decoded.
        sound_values: Most samples of a sound over all its channels, decoded.
        n_sessions: Sounds that are kept; the one not used for longest goes first.
        held_bytes: Memory for all sounds that are kept and for what strokes changed of them;
            the sound not used for longest goes first.
        n_waiting: Requests that may wait for their turn before others are sent away.
        n_running: Requests that are computed side by side.
        encode_ahead_seconds: Sounds up to this length are encoded as soon as they are opened;
            longer ones where they are painted.
    """

    sound_bytes: int = 512 * 2**20
    json_bytes: int = 8 * 2**20
    body_seconds: float = 120.0
    sound_seconds: float = 30 * 60.0
    sound_values: int = 200_000_000
    n_sessions: int = 16
    held_bytes: int = 4 * 2**30
    n_waiting: int = 24
    n_running: int = 2
    encode_ahead_seconds: float = 30.0
