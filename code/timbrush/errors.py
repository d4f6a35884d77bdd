"""Every error that timbrush raises on purpose.

    TimbrushError
    ├── SoundError        (ValueError)    a sound file or array that cannot be used
    ├── RegionError       (ValueError)    a zone that lies outside the sound or the model's band
    │   └── OutsideError                  wholly, so that another sound may have it inside
    ├── StrokeError       (ValueError)    a stroke or a saved edit that cannot be applied
    ├── ConfigError       (ValueError)    a setting or run file that cannot work
    ├── CheckpointError   (ValueError)    a model or codes file that does not fit
    ├── DatasetError      (ValueError)    a folder of examples that cannot be read
    ├── DownloadError     (RuntimeError)  a download that did not arrive whole
    ├── OutputError       (RuntimeError)  a result that could not be written
    └── CancelledError    (RuntimeError)  work that was stopped since nobody wanted its result

A message says what was expected, what came, and what to do.
"""


class TimbrushError(Exception):
    """Root of every error that timbrush raises on purpose."""


class SoundError(TimbrushError, ValueError):
    """A sound file or array that cannot be used."""


class RegionError(TimbrushError, ValueError):
    """A zone that lies outside the sound or outside the model's band."""


class OutsideError(RegionError):
    """A zone that lies wholly outside a sound or its band; another sound may have it inside."""


class StrokeError(TimbrushError, ValueError):
    """A stroke or a saved edit that cannot be applied."""


class ConfigError(TimbrushError, ValueError):
    """A setting or run file that cannot work."""


class CheckpointError(TimbrushError, ValueError):
    """A model or codes file that does not fit."""


class DatasetError(TimbrushError, ValueError):
    """A folder of examples that cannot be read."""


class DownloadError(TimbrushError, RuntimeError):
    """A download that did not arrive whole."""


class OutputError(TimbrushError, RuntimeError):
    """A result that could not be written."""


class CancelledError(TimbrushError, RuntimeError):
    """Work that was stopped since nobody wanted its result any more."""


NO_MEMORY = "not enough memory; take a shorter sound or zone, or a smaller batch"


def is_out_of_memory(error: BaseException) -> bool:
    """Return whether an error is want of memory: torch has no class of its own for that.

    On the CPU it raises a plain ``RuntimeError`` that names its allocator.
    """
    words = ("DefaultCPUAllocator", "out of memory", "std::bad_alloc")
    return isinstance(error, MemoryError) or (
        isinstance(error, RuntimeError) and any(word in str(error) for word in words)
    )
