"""Read text files that other programs wrote: UTF-8, with a byte order mark or without."""

import codecs
from pathlib import Path

MAX_BYTES = 1 << 30
_FIRST_BYTES = 4096
_WIDE_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, codecs.BOM_UTF32_BE)


def read_text(path: Path, *, max_bytes: int = MAX_BYTES) -> str:
    """Read a text file; a pipe will do.

    Raises:
        OSError: If it cannot be read.
        ValueError: If it is no UTF-8 text, or longer than ``max_bytes``.
    """
    with path.open("rb") as file:
        data = file.read(_FIRST_BYTES)
        if data.startswith(_WIDE_MARKS):
            raise ValueError("it is in UTF-16 or UTF-32; save it as UTF-8")
        if b"\0" in data:
            raise ValueError("it holds zero bytes; expected a UTF-8 text")
        if len(data) == _FIRST_BYTES:
            data += file.read(max_bytes + 1 - len(data))
    if len(data) > max_bytes:
        raise ValueError(f"it is longer than {max_bytes >> 20} MiB")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ValueError(f"byte {error.start} is no UTF-8; save it as UTF-8") from error
