"""A file of any kind that timbrush knows to facts about it. Each kind loads what it needs."""

import codecs
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from timbrush.audio.spectrogram import SpectrogramConfig
    from timbrush.codec.contract import Codec

Facts = dict[str, Any]
_HEAD_BYTES = 512


def describe(path: Path) -> Facts:
    """Return what a file, or a folder of models, holds; its first bytes tell its kind.

    Raises:
        TimbrushError: If it is of a kind that timbrush does not know, or is damaged.
    """
    if path.is_dir():
        return _describe_folder(path)
    head = b""
    if path.is_file():
        with path.open("rb") as file:
            head = file.read(_HEAD_BYTES)
    if head[:2] == b"TB":
        return _describe_codes(path)
    if _is_safetensors(head, path):
        return _describe_codemaps(path) if _holds_codemaps(path) else _describe_model(path)
    if head.removeprefix(codecs.BOM_UTF8).lstrip()[:1] == b"{":
        return _describe_strokes(path)
    return _describe_sound(path)


def _is_safetensors(head: bytes, path: Path) -> bool:
    """Return whether a file begins with the length of a JSON text that it holds, and the text.

    The brace alone would do for an MP3 too, whose title may take that many bytes.
    """
    n_bytes = int.from_bytes(head[:8], "little")
    return head[8:9] == b"{" and n_bytes <= path.stat().st_size - 8


def _holds_codemaps(path: Path) -> bool:
    import safetensors

    from timbrush.datasets.codemaps import FORMAT

    try:
        with safetensors.safe_open(path, framework="pt") as file:
            return f'"{FORMAT}"' in (file.metadata() or {}).get("timbrush", "")
    except safetensors.SafetensorError:
        return False  # who reads it as a model says what is wrong


def _describe_sound(path: Path) -> Facts:
    import numpy as np

    from timbrush.audio import files

    sound = files.read(path)
    peak = float(np.abs(sound.samples).max())
    return {
        "kind": "sound",
        "format": f"{sound.format} {sound.subtype}",
        "sample_rate": sound.sample_rate,
        "channels": sound.n_channels,
        "samples": sound.length,
        "seconds": round(sound.seconds, 6),
        "peak_decibels": round(20 * float(np.log10(peak)), 2) if peak else None,
    }


def _describe_codes(path: Path) -> Facts:
    from timbrush.codec import codes as codes_file

    codes = codes_file.read(path)
    pairs = zip(codes.codemaps, codes.bits_per_code, strict=True)
    bits = sum(codemap.numel() * n_bits for codemap, n_bits in pairs)
    return {
        "kind": "codes",
        "sample_rate": codes.sample_rate,
        "channels": codes.n_channels,
        "samples": codes.length,
        "seconds": round(codes.seconds, 6),
        "codemaps": [list(codemap.shape[1:]) for codemap in codes.codemaps],
        "bits_per_code": list(codes.bits_per_code),
        "bits_per_second": round(8 * path.stat().st_size / codes.seconds, 1),
        "bits_per_second_without_header": round(bits / codes.seconds, 1),
        "gain": codes.gain,
        **_made_by(codes.fingerprint),
    }


def _describe_codemaps(path: Path) -> Facts:
    from timbrush.datasets import codemaps
    from timbrush.families import FAMILIES

    found = codemaps.read(path)
    families = sorted(set(found.family[found.family >= 0].tolist()))
    return {
        "kind": "codemaps",
        "sounds": len(found),
        "codemaps": [list(level.shape) for level in found.levels],
        "columns_of_a_sound": sorted({int(found.columns.min()), int(found.columns.max())}),
        "codebook_sizes": list(found.shape.codebook_sizes),
        "sounds_with_pitch": int((found.pitch >= 0).sum()),
        "families": [FAMILIES[index] for index in families],
        "megabytes": _megabytes(path),
        **_made_by(found.fingerprint),
    }


def _describe_strokes(path: Path) -> Facts:
    from timbrush.effect.edit import Edit

    edit = Edit.load(path)
    return {
        "kind": "strokes",
        "strokes": len(edit.strokes),
        "inpainters": sorted({stroke.inpainter for stroke in edit.strokes}),
        "strengths": [stroke.strength for stroke in edit.strokes],
        "seeds": [stroke.seed for stroke in edit.strokes],
        **_made_by(edit.model),
    }


def _made_by(fingerprint: str) -> Facts:
    from timbrush.effect import bundled

    name = bundled.name_of(fingerprint)
    return {"model": fingerprint, **({} if name is None else {"model_name": name})}


def _describe_folder(folder: Path) -> Facts:
    from timbrush.effect.bundled import CODEC_FILE
    from timbrush.effect.model import find_inpainters

    names = [path.stem for path in find_inpainters(folder)]
    return {**_describe_model(folder / CODEC_FILE), "inpainters": names}


def _describe_model(path: Path) -> Facts:
    from timbrush import checkpoints
    from timbrush.codec.kinds import CODECS
    from timbrush.effect.model import read_spectrogram
    from timbrush.inpainting.registry import STORED

    model: Any = None
    kind = checkpoints.read_kind(path)
    if kind in CODECS:
        model, checkpoint = checkpoints.load_codec(path)
    elif kind in STORED:
        model, checkpoint = checkpoints.load_inpainter(path)
    else:
        checkpoint = checkpoints.load(path)
    facts = {
        "kind": checkpoint.kind,
        "fingerprint": checkpoint.fingerprint,
        "megabytes": _megabytes(path),
    }
    if kind == "training":
        facts |= {"kind": "run in progress", "steps": checkpoint.extra.get("step")}
    if model is not None:
        facts["parameters"] = checkpoints.count_parameters(model)
    if kind in CODECS and "spectrogram" in checkpoint.extra:
        facts |= _describe_grids(model, read_spectrogram(path, model, checkpoint))
    if "codec" in checkpoint.extra:
        facts["codec"] = checkpoint.extra["codec"]
    return facts


def _describe_grids(codec: "Codec", config: "SpectrogramConfig") -> Facts:
    seconds = [grid.frames_per_column * config.frame_seconds for grid in codec.grids]
    shape = codec.shape
    levels = zip(shape.n_rows, shape.bits_per_code, seconds, strict=True)
    return {
        "sample_rate": config.sample_rate,
        "rows": list(shape.n_rows),
        "column_seconds": [round(s, 6) for s in seconds],
        "codebook_sizes": list(shape.codebook_sizes),
        "bits_per_second": round(sum(rows * bits / s for rows, bits, s in levels), 1),
    }


def _megabytes(path: Path) -> float:
    return round(path.stat().st_size / 1e6, 3)
