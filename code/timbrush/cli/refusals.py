"""Say in one plain line why a command failed."""

from timbrush.errors import NO_MEMORY, TimbrushError, is_out_of_memory


def is_the_worlds(error: BaseException) -> bool:
    """Return whether an error is a refusal of ours, the system or the user; else a bug."""
    known = (TimbrushError, OSError, KeyboardInterrupt)
    return isinstance(error, known) or is_out_of_memory(error)


def plain_line(error: BaseException) -> str:
    """Return what to print after ``Error:``."""
    if isinstance(error, KeyboardInterrupt):
        return "interrupted; nothing was left half-written"
    if is_out_of_memory(error):
        return NO_MEMORY
    if isinstance(error, OSError) and not isinstance(error, TimbrushError):
        where = f"{error.filename}: " if error.filename else ""
        return where + (error.strerror or str(error))
    return " ".join(str(error).split())
