"""The metadata blocks of a FLAC: tags, pictures, cue sheets and what programs add.

Source: RFC 9639, section 8.
"""

import io
import shutil
from dataclasses import dataclass

STREAMINFO, PADDING, SEEKTABLE, COMMENTS, CUESHEET, PICTURE = 0, 1, 3, 4, 5, 6
NAMES = {2: "application data", COMMENTS: "tags", CUESHEET: "cue sheet", PICTURE: "picture"}
MARK = b"fLaC"
MAX_BLOCKS = 1_000
STREAMINFO_BYTES = 34


@dataclass(frozen=True)
class MetadataBlock:
    """A metadata block.

    Args:
        type: What it holds, by the number that RFC 9639 gives it.
        content: Its bytes, without the head.
    """

    type: int
    content: bytes

    @property
    def name(self) -> str:
        """What it holds, in words."""
        return NAMES.get(self.type, f"metadata block {self.type}")


def read_blocks(file: io.BufferedIOBase) -> tuple[MetadataBlock, ...]:
    """Return all metadata blocks of a FLAC; none if it is no FLAC."""
    file.seek(0)
    blocks: list[MetadataBlock] = []
    if file.read(4) != MARK:
        return ()
    for _ in range(MAX_BLOCKS):
        if len(head := file.read(4)) < 4:
            break
        content = file.read(int.from_bytes(head[1:], "big"))
        blocks.append(MetadataBlock(head[0] & 0x7F, content))
        if head[0] & 0x80:
            break
    return tuple(blocks)


def kept(blocks: tuple[MetadataBlock, ...]) -> tuple[MetadataBlock, ...]:
    """Return the blocks that stay true when samples change and their number does not."""
    return tuple(b for b in blocks if b.type not in (STREAMINFO, PADDING, SEEKTABLE))


def copy_with_blocks(
    encoded: io.BufferedIOBase, file: io.BufferedIOBase, blocks: tuple[MetadataBlock, ...]
) -> None:
    """Copy a FLAC with these metadata blocks in place of its own; its stream info stays.

    Args:
        encoded: A whole FLAC.
        file: Where to, from its position on.
        blocks: From ``kept``.
    """
    info = [block for block in read_blocks(encoded) if block.type == STREAMINFO]
    file.write(MARK + pack_blocks((*info, *blocks)))
    shutil.copyfileobj(encoded, file)


def pack_blocks(blocks: tuple[MetadataBlock, ...]) -> bytes:
    """Return blocks with their heads, the last of them marked as such."""
    packed = b""
    for index, block in enumerate(blocks):
        is_last = index == len(blocks) - 1
        size = len(block.content).to_bytes(3, "big")
        packed += bytes([block.type | 0x80 * is_last]) + size + block.content
    return packed


def bare_head(file: io.BufferedIOBase) -> tuple[bytes, int]:
    """Return a head for the frames of a FLAC, and how many samples its own head promises.

    libsndfile reads no further than what a head promises, so this one promises nothing; and a
    block that libsndfile would stumble over is not in it. The file is left before the frames.
    """
    found = next((b.content for b in read_blocks(file) if b.type == STREAMINFO), b"")
    info = found.ljust(STREAMINFO_BYTES, b"\0")  # libsndfile refuses one that was cut
    n_samples = int.from_bytes(info[13:18], "big") & (1 << 36) - 1
    endless = info[:13] + bytes([info[13] & 0xF0]) + bytes(4) + info[18:]
    return MARK + pack_blocks((MetadataBlock(STREAMINFO, endless),)), n_samples
