"""Save trained codecs and inpainters, each in one safetensors file with its config."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import safetensors
import safetensors.torch
import torch
from torch import Tensor, nn

from timbrush.allocation import Budget
from timbrush.codec.kinds import CODECS
from timbrush.config import from_dict, to_dict
from timbrush.errors import CheckpointError
from timbrush.inpainting.registry import STORED
from timbrush.whole import write_whole

FORMAT = 1
MAX_HEADER_BYTES = 16 << 20
COUNTS_FILE = "naive-bayes.safetensors"
"""Where the counts lie that a network without its own shares; it names their fingerprint."""
COUNTS = "naive_bayes."
"""What the names of a network's own counts begin with."""


@dataclass(frozen=True, kw_only=True)
class Checkpoint:
    """What a model file holds.

    Args:
        kind: Which model it is, a key of ``CODECS`` or ``STORED``.
        config: Plain mapping that rebuilds the model.
        tensors: Weights by name.
        extra: What else is known of the model: its data, results, the codec it belongs to.
        fingerprint: 16 hexadecimal digits of the file's SHA-256.
    """

    kind: str
    config: Mapping[str, Any]
    tensors: Mapping[str, Tensor]
    extra: Mapping[str, Any] = field(default_factory=dict)
    fingerprint: str


def save(
    path: Path,
    kind: str,
    config: Mapping[str, Any],
    tensors: Mapping[str, Tensor],
    *,
    extra: Mapping[str, Any] | None = None,
) -> str:
    """Write a model file whole and return its fingerprint.

    Raises:
        OutputError: If it cannot be written; what was there stays.
    """
    # One metadata entry: safetensors keeps several in no fixed order; the bytes would change.
    header = {"format": FORMAT, "kind": kind, "config": config, "extra": extra or {}}
    contiguous = {name: tensor.detach().cpu().contiguous() for name, tensor in tensors.items()}
    content = safetensors.torch.save(
        contiguous, {"timbrush": json.dumps(header, sort_keys=True)}
    )
    with write_whole(path, force=True, parents=True) as file:
        file.write(content)
    return _fingerprint(content)


def load(path: Path) -> Checkpoint:
    """Read a model file; its weights are checked to be finite numbers.

    Raises:
        CheckpointError: If it is missing, is no timbrush model, or is damaged.
    """
    content = _read(path)
    header = _header(content, path)
    try:
        tensors = safetensors.torch.load(content)
    except (safetensors.SafetensorError, ValueError) as error:
        raise CheckpointError(f"{path} is a damaged model file: {error}") from error
    for name, tensor in tensors.items():
        if tensor.is_floating_point() and not bool(tensor.isfinite().all()):
            raise CheckpointError(
                f"{path} holds values that are not finite in {name}; train it again"
            )
    return Checkpoint(
        kind=header["kind"],
        config=header["config"],
        tensors=tensors,
        extra=header["extra"],
        fingerprint=_fingerprint(content),
    )


def fingerprint(path: Path) -> str:
    """Return the fingerprint of a model file without loading it.

    Raises:
        CheckpointError: If it cannot be read.
    """
    return _fingerprint(_read(path))


def read_kind(path: Path) -> str | None:
    """Return the kind of a model file from its head alone; None if it has none to be read."""
    try:
        return str(_read_head(path)["kind"])
    except CheckpointError:
        return None


def read_inpainter_config(path: Path) -> Any:
    """Return the config of an inpainter from its file's head alone.

    Raises:
        CheckpointError: If the file is missing, or its head is that of no inpainter.
    """
    head = _read_head(path)
    if head["kind"] not in STORED:
        raise CheckpointError(f"{path} is of kind {head['kind']!r}; expected an inpainter")
    return from_dict(STORED[head["kind"]][0], head["config"], where=path.name)


def _read(path: Path, *, head_only: bool = False) -> bytes:
    try:
        with path.open("rb") as file:
            if not head_only:
                return file.read()
            size = file.read(8)
            return size + file.read(min(int.from_bytes(size, "little"), MAX_HEADER_BYTES))
    except (OSError, ValueError) as error:  # a ValueError is of a name that no file can have
        reason = getattr(error, "strerror", None) or error
        raise CheckpointError(f"cannot read the model {path}: {reason}") from error


def _read_head(path: Path) -> dict[str, Any]:
    return _header(_read(path, head_only=True), path)


def save_codec(path: Path, codec: nn.Module, *, extra: Mapping[str, Any] | None = None) -> str:
    """Write a codec (weights as float16 if that holds them) and return its fingerprint."""
    return _save_module(path, codec, CODECS, extra)


def load_codec(path: Path, *, device: str = "cpu") -> tuple[Any, Checkpoint]:
    """Read a codec in evaluation mode, and the checkpoint it came from.

    Raises:
        CheckpointError: If the file is no codec, or its weights do not fit its config.
    """
    return _load_module(path, CODECS, "a codec", device)


def count_parameters(module: object) -> int:
    """Return how many numbers of a codec or an inpainter an optimizer trained."""
    assert isinstance(module, nn.Module), "codecs and inpainters in files are modules"
    return sum(weights.numel() for weights in module.parameters())


def save_inpainter(
    path: Path, inpainter: nn.Module, *, codec: str, extra: Mapping[str, Any] | None = None
) -> str:
    """Write an inpainter for the codec with that fingerprint; return its own fingerprint."""
    return _save_module(path, inpainter, STORED, {**(extra or {}), "codec": codec})


def load_inpainter(
    path: Path, *, codec: str | None = None, device: str = "cpu"
) -> tuple[Any, Checkpoint]:
    """Read an inpainter, and the checkpoint it came from.

    Args:
        path: The model file.
        codec: Fingerprint of the codec in use; another one is refused. None takes any.
        device: Where the weights go.

    Raises:
        CheckpointError: If the file is no inpainter, belongs to another codec, or does not fit.
    """
    inpainter, checkpoint = _load_module(path, STORED, "an inpainter", device)
    if codec is not None:
        check_codec(path, checkpoint, codec)
    return inpainter, checkpoint


def share_counts(network: Path, target: Path) -> str:
    """Write a network without the counts that lie in ``COUNTS_FILE`` beside the target.

    Args:
        network: Its own file, counts and all.
        target: Where to write it; who loads it finds the counts beside it.

    Returns:
        Its new fingerprint.

    Raises:
        CheckpointError: If those are not the counts that the network holds.
    """
    checkpoint, counts = load(network), load(target.with_name(COUNTS_FILE))
    held = _as_held(counts)
    own = {name: tensor for name, tensor in checkpoint.tensors.items() if name in held}
    if set(own) != set(held) or not all(torch.equal(own[name], held[name]) for name in held):
        raise CheckpointError(
            f"{target.with_name(COUNTS_FILE)} holds other counts than {network}"
        )
    tensors = {k: tensor for k, tensor in checkpoint.tensors.items() if k not in held}
    extra = {**checkpoint.extra, "counts": counts.fingerprint}
    return save(target, checkpoint.kind, checkpoint.config, tensors, extra=extra)


def _with_counts(path: Path, checkpoint: Checkpoint) -> Mapping[str, Tensor]:
    """Return the weights of a file, with the counts that it shares with the one beside it."""
    if "counts" not in checkpoint.extra:
        return checkpoint.tensors
    beside = path.with_name(COUNTS_FILE)
    counts = load(beside)
    if counts.fingerprint != checkpoint.extra["counts"]:
        raise CheckpointError(
            f"{path} needs the counts {checkpoint.extra['counts']} beside it, but {beside} "
            f"holds {counts.fingerprint}; copy both files together"
        )
    return {**_as_held(counts), **checkpoint.tensors}


def _as_held(counts: Checkpoint) -> dict[str, Tensor]:
    """Return the tensors of counts by the names that a network has for them."""
    return {COUNTS + name: tensor for name, tensor in counts.tensors.items()}


def check_codec(path: Path, checkpoint: Checkpoint, codec: str) -> None:
    """Refuse an inpainter that was fitted to another codec.

    Args:
        path: Its file, for the message.
        checkpoint: What the file holds.
        codec: Fingerprint of the codec in use.

    Raises:
        CheckpointError: If it was fitted to another.
    """
    if checkpoint.extra.get("codec") != codec:
        raise CheckpointError(
            f"{path} was fitted to the codec {checkpoint.extra.get('codec')}, but {codec} is "
            "in use; fit it again with this codec"
        )


def _save_module(
    path: Path, module: nn.Module, kinds: Mapping[str, Any], extra: Mapping[str, Any] | None
) -> str:
    kind = next(name for name, (_, cls) in kinds.items() if type(module) is cls)
    tensors = {name: _halved(tensor) for name, tensor in module.state_dict().items()}
    return save(path, kind, to_dict(module.config), tensors, extra=extra)


def _halved(tensor: Tensor) -> Tensor:
    """Return a tensor as float16, or as it is if it holds no such numbers or larger ones."""
    if not tensor.is_floating_point():
        return tensor
    halved = tensor.half()
    return halved if bool(halved.isfinite().all()) else tensor


def _load_module(
    path: Path, kinds: Mapping[str, Any], noun: str, device: str
) -> tuple[nn.Module, Checkpoint]:
    checkpoint = load(path)
    if checkpoint.kind not in kinds:
        raise CheckpointError(
            f"{path} is a model of kind {checkpoint.kind!r}; expected {noun} "
            f"({', '.join(kinds)})"
        )
    config_class, module_class = kinds[checkpoint.kind]
    config = from_dict(config_class, checkpoint.config, where=path.name)
    refusal = CheckpointError(
        f"{path} describes larger layers than it has weights for; it is damaged or forged"
    )
    tensors = _with_counts(path, checkpoint)
    # A new module draws weights that the file's replace: the user's own draws stay as they are.
    with torch.random.fork_rng(devices=[]), Budget(tensors, refusal):
        module = module_class(config)
    check_fit(path, module, tensors)
    module.load_state_dict(dict(tensors))
    return module.to(device).eval().requires_grad_(False), checkpoint


def check_fit(path: Path, module: nn.Module, tensors: Mapping[str, Tensor]) -> None:
    """Refuse weights that are not exactly those that a module takes.

    Raises:
        CheckpointError: If one is missing, foreign, or of another shape or type.
    """
    wanted = module.state_dict()
    if missing := sorted(set(wanted) - set(tensors)):
        raise CheckpointError(f"{path} lacks the weights {', '.join(missing[:3])}")
    if foreign := sorted(set(tensors) - set(wanted)):
        raise CheckpointError(f"{path} has weights of another model: {', '.join(foreign[:3])}")
    for name, tensor in tensors.items():
        if tensor.shape != wanted[name].shape:
            raise CheckpointError(
                f"{path}: expected {name} of shape {list(wanted[name].shape)}, "
                f"got {list(tensor.shape)}"
            )
        same_family = tensor.is_floating_point() == wanted[name].is_floating_point()
        if not same_family or (
            not tensor.is_floating_point() and tensor.dtype != wanted[name].dtype
        ):
            raise CheckpointError(
                f"{path}: expected {name} of type {wanted[name].dtype}, got {tensor.dtype}"
            )


def _header(content: bytes, path: Path) -> dict[str, Any]:
    try:
        size = int.from_bytes(content[:8], "little")
        metadata = json.loads(content[8 : 8 + size])["__metadata__"]["timbrush"]
        header = json.loads(metadata)
        known = header["format"] == FORMAT
        parts = (header["kind"], header["config"], header["extra"])
        if not all(map(isinstance, parts, (str, dict, dict))):
            raise TypeError("a header of other types")
    except (
        ValueError,
        KeyError,
        TypeError,
        UnicodeDecodeError,
        MemoryError,
        OverflowError,
        RecursionError,
    ) as error:
        raise CheckpointError(
            f"{path} is not a timbrush model; expected a .safetensors file that timbrush wrote"
        ) from error
    if not known:
        raise CheckpointError(
            f"{path} has format {header['format']}, expected {FORMAT}; update timbrush"
        )
    return dict(header)


def _fingerprint(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:16]
