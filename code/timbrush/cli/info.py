"""``timbrush info``: what a sound, a codes file or a model holds."""

from pathlib import Path
from typing import Annotated, Any

import typer

from timbrush.cli.options import Json


def info(
    path: Annotated[
        Path, typer.Argument(metavar="SOUND|CODES|MODEL", help="A file, or a folder of models.")
    ],
    as_json: Json = False,
) -> None:
    """Say what a file holds: rate, length, codemaps, bits per second, which model made it.

    Example: timbrush info note.codes
    """
    import json

    facts = _describe(path)
    if as_json:
        typer.echo(json.dumps(facts, indent=2))
        return
    width = max(len(name) for name in facts)
    for name, value in facts.items():
        typer.echo(f"{name.replace('_', ' '):<{width}}  {_text(value)}")


def _describe(path: Path) -> dict[str, Any]:
    if path.is_dir():
        from timbrush.effect.model import CODEC_FILE

        rungs = sorted(p.stem for p in path.glob("*.safetensors") if p.name != CODEC_FILE)
        return {**_describe_model(path / CODEC_FILE), "inpainters": rungs}
    head = b""
    if path.is_file():
        with path.open("rb") as file:
            head = file.read(10)
    if head[:2] == b"TB":
        return _describe_codes(path)
    if head[8:9] == b"{":  # safetensors: the length of a JSON text, and the text
        return _describe_model(path)
    return _describe_sound(path)


def _describe_sound(path: Path) -> dict[str, Any]:
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


def _describe_codes(path: Path) -> dict[str, Any]:
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
        "model": codes.fingerprint,
    }


def _describe_model(path: Path) -> dict[str, Any]:
    from timbrush import checkpoints
    from timbrush.codec.kinds import CODECS
    from timbrush.config import from_dict

    checkpoint = checkpoints.load(path)
    facts = {
        "kind": checkpoint.kind,
        "fingerprint": checkpoint.fingerprint,
        "megabytes": round(path.stat().st_size / 1e6, 3),
        "parameters": sum(tensor.numel() for tensor in checkpoint.tensors.values()),
    }
    if checkpoint.kind in CODECS and "spectrogram" in checkpoint.extra:
        from timbrush.audio.spectrogram import SpectrogramConfig

        codec, _ = checkpoints.load_codec(path)
        config = from_dict(SpectrogramConfig, checkpoint.extra["spectrogram"])
        seconds = [grid.frames_per_column * config.frame_seconds for grid in codec.grids]
        cells = list(zip(codec.grids, seconds, strict=True))
        facts |= {
            "sample_rate": config.sample_rate,
            "rows": [grid.n_rows for grid in codec.grids],
            "column_seconds": [round(s, 6) for s in seconds],
            "codebook_sizes": [grid.codebook_size for grid in codec.grids],
            "bits_per_second": round(sum(g.n_rows * g.bits_per_code / s for g, s in cells), 1),
        }
    if "codec" in checkpoint.extra:
        facts["codec"] = checkpoint.extra["codec"]
    return facts


def _text(value: Any) -> str:
    if isinstance(value, list):
        parts = ("×".join(map(str, v)) if isinstance(v, list) else str(v) for v in value)
        return ", ".join(parts) or "none"
    return "–" if value is None else str(value)
