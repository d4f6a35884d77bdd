"""Model files: round trips, and everything that does not fit is refused by name."""

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path

import pytest
import safetensors.torch
import torch

from timbrush import checkpoints
from timbrush.codec.quantizer import QuantizerConfig
from timbrush.codec.vqvae import VQVAE, VQVAEConfig
from timbrush.codemaps import CodeShape
from timbrush.errors import CheckpointError, OutputError
from timbrush.inpainting.counting.naive_bayes import NaiveBayes
from timbrush.inpainting.networks.lstm import LSTM, LSTMConfig, LSTMSizes


def codec(seed: int = 0, n_channels: int = 8) -> VQVAE:
    torch.manual_seed(seed)
    config = VQVAEConfig(
        n_channels=n_channels, quantizer=QuantizerConfig(codebook_size=16, n_features=4)
    )
    return VQVAE(config).eval()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "codec.safetensors"
    checkpoints.save_codec(path, codec(), extra={"data": "noise"})
    return path


def test_a_codec_comes_back_with_its_config_and_float16_weights(path: Path) -> None:
    loaded, checkpoint = checkpoints.load_codec(path)
    original = codec()
    assert loaded.config == original.config
    assert checkpoint.extra == {"data": "noise"}
    assert not loaded.training
    for name, value in original.state_dict().items():
        expected = value.half().float() if value.is_floating_point() else value
        assert torch.equal(loaded.state_dict()[name], expected), name


def test_what_float16_cannot_hold_stays_as_it_is(path: Path) -> None:
    used = codec()
    used.quantizer.counts.fill_(70_000.0)
    checkpoints.save_codec(path, used)

    loaded, checkpoint = checkpoints.load_codec(path)

    assert torch.equal(loaded.quantizer.counts, used.quantizer.counts)
    kept = {name for name, t in checkpoint.tensors.items() if t.dtype == torch.float32}
    assert kept == {"quantizer.counts"}


def test_loading_draws_nothing_from_the_randomness_of_the_user(path: Path) -> None:
    torch.manual_seed(0)
    expected = torch.rand(3)

    torch.manual_seed(0)
    checkpoints.load_codec(path)

    assert torch.equal(torch.rand(3), expected)


def test_the_fingerprint_is_of_the_content(path: Path, tmp_path: Path) -> None:
    again = checkpoints.save_codec(tmp_path / "again", codec(), extra={"data": "noise"})
    other = checkpoints.save_codec(tmp_path / "other", codec(seed=1), extra={"data": "noise"})
    assert checkpoints.load(path).fingerprint == again != other
    assert len(again) == 16
    assert path.read_bytes() == (tmp_path / "again").read_bytes()


def rewrite(path: Path, *, tensors: dict | None = None, **header: object) -> None:
    """Write the file anew with some of its weights or header entries replaced."""
    content = path.read_bytes()
    size = int.from_bytes(content[:8], "little")
    metadata = json.loads(json.loads(content[8 : 8 + size])["__metadata__"]["timbrush"])
    kept = {**safetensors.torch.load(content), **(tensors or {})}
    kept = {name: value for name, value in kept.items() if value is not None}
    entry = {"timbrush": json.dumps({**metadata, **header})}
    path.write_bytes(safetensors.torch.save(kept, entry))


def test_weights_that_do_not_fit_are_refused_by_name(path: Path) -> None:
    original = path.read_bytes()
    cases: list[tuple[dict, str]] = [
        ({"norm.weight": None}, "lacks the weights norm.weight"),
        ({"foreign": torch.zeros(1)}, "weights of another model: foreign"),
        ({"norm.weight": torch.zeros(3)}, r"norm.weight of shape \[8\], got \[3\]"),
        ({"norm.weight": torch.full((8,), torch.nan)}, "not finite in norm.weight"),
        ({"norm.weight": torch.zeros(8, dtype=torch.int64)}, "norm.weight of type"),
    ]
    for tensors, message in cases:
        path.write_bytes(original)
        rewrite(path, tensors=tensors)
        with pytest.raises(CheckpointError, match=message):
            checkpoints.load_codec(path)


def test_a_header_that_does_not_fit_is_refused(path: Path) -> None:
    original = path.read_bytes()
    cases: list[tuple[dict, str]] = [
        ({"kind": "transformer"}, "kind 'transformer'; expected a codec"),
        ({"format": 99}, "format 99, expected 1; update timbrush"),
        ({"config": {"size": 3}}, "unknown settings size"),
    ]
    for header, message in cases:
        path.write_bytes(original)
        rewrite(path, **header)
        with pytest.raises(ValueError, match=message):
            checkpoints.load_codec(path)


@pytest.mark.parametrize("header", [{"kind": ["vqvae2"]}, {"config": 3}, {"extra": [1]}])
def test_a_forged_header_is_refused_by_all_that_read_it(path: Path, header: dict) -> None:
    rewrite(path, **header)
    for read in (checkpoints.load_codec, checkpoints.read_inpainter_config):
        with pytest.raises(CheckpointError, match="is not a timbrush model"):
            read(path)
    assert checkpoints.read_kind(path) is None


def test_a_header_nested_too_deep_is_refused(path: Path) -> None:
    text = json.dumps({"__metadata__": {"timbrush": "[" * 100_000}}).encode()
    path.write_bytes(len(text).to_bytes(8, "little") + text)
    with pytest.raises(CheckpointError, match="is not a timbrush model"):
        checkpoints.load_codec(path)


@pytest.mark.parametrize(
    "content", [b"", b"\x80\x04.", b"\xff" * 64, b"PK\x03\x04" + bytes(100), b"{}" * 40]
)
def test_foreign_files_are_refused_and_never_unpickled(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "model"
    path.write_bytes(content)
    with pytest.raises(CheckpointError, match="is not a timbrush model"):
        checkpoints.load_codec(path)


def test_a_truncated_file_is_refused(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-10])
    with pytest.raises(CheckpointError, match="damaged model file"):
        checkpoints.load_codec(path)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(CheckpointError, match="cannot read the model"):
        checkpoints.load_codec(Path("no\0name"))
    with pytest.raises(CheckpointError, match="cannot read the model"):
        checkpoints.load_codec(tmp_path / "none")


def test_what_cannot_be_written_leaves_nothing_behind(tmp_path: Path) -> None:
    blocked = tmp_path / "blocked"
    blocked.mkdir()
    (blocked / "inside").touch()  # a full folder cannot be replaced by a file
    with pytest.raises(OutputError, match="is a folder"):
        checkpoints.save_codec(blocked, codec())
    assert sorted(p.name for p in tmp_path.iterdir()) == ["blocked"]


def numbers(config: object, place: tuple = ()) -> Iterator[tuple]:
    """Return the places of all whole numbers in a config."""
    if isinstance(config, int) and not isinstance(config, bool):
        yield place
    if isinstance(config, dict | list):
        for key, value in config.items() if isinstance(config, dict) else enumerate(config):
            yield from numbers(value, (*place, key))


GREEDY = """
import resource, sys
from pathlib import Path
from timbrush import checkpoints
from timbrush.errors import TimbrushError

def peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10

good, *forged = map(Path, sys.argv[1:])
checkpoints.load_codec(good)
before = peak()
for path in forged:
    try:
        checkpoints.load_codec(path)
        print(path.name, "loaded")
    except TimbrushError as error:
        assert "\\n" not in str(error)
    print(path.name, peak() - before, "MB") if peak() > before + 100 else None
"""


def test_no_number_in_a_config_makes_a_small_file_take_much_memory(path: Path) -> None:
    config = checkpoints.load(path).config
    harmless = {"kmeans_steps", "n_bins"}
    forged = []
    for place in numbers(config):
        for factor in (1000, 10**7, 10**30):
            changed = deepcopy(config)
            part = changed
            for key in place[:-1]:
                part = part[key]
            part[place[-1]] *= factor
            if place[-1] not in harmless and part[place[-1]]:
                forged.append(path.with_name(f"{'-'.join(map(str, place))}-{factor:.0e}"))
                shutil.copy(path, forged[-1])
                rewrite(forged[-1], config=changed)
    assert len(forged) > 15

    command = [sys.executable, "-c", GREEDY, str(path), *map(str, forged)]
    told = subprocess.run(command, capture_output=True, text=True, check=True).stdout

    assert told == ""


SHAPE = CodeShape.of(codebook_sizes=(6, 5), n_rows=(2, 4), columns=(1, 2))


@pytest.fixture
def network(tmp_path: Path) -> Path:
    """A network with counts of its own, and beside it, in ``shared``, the same counts."""
    generator = torch.Generator().manual_seed(0)
    sizes = zip(SHAPE.codebook_sizes, SHAPE.n_rows, SHAPE.columns_per_patch, strict=True)
    codes = tuple(
        torch.randint(size, (2, rows, 6 * columns), generator=generator)
        for size, rows, columns in sizes
    )
    counts = NaiveBayes.fit([codes], SHAPE)
    small = LSTMSizes(n_features=8, n_hidden=8)
    lstm = LSTM(LSTMConfig(shape=SHAPE, sizes=small, naive_bayes=counts.config)).eval()
    lstm.naive_bayes = counts
    checkpoints.save_inpainter(tmp_path / "lstm.safetensors", lstm, codec="c" * 16)
    shared = tmp_path / "shared" / checkpoints.COUNTS_FILE
    checkpoints.save_inpainter(shared, counts, codec="c" * 16)
    return tmp_path / "lstm.safetensors"


def test_a_network_that_shares_its_counts_is_the_same_network(network: Path) -> None:
    shared = network.parent / "shared" / network.name
    fingerprint = checkpoints.share_counts(network, shared)

    loaded, checkpoint = checkpoints.load_inpainter(shared, codec="c" * 16)
    whole, _ = checkpoints.load_inpainter(network)

    assert checkpoint.fingerprint == fingerprint != checkpoints.fingerprint(network)
    assert loaded.config == whole.config
    wanted, got = whole.state_dict(), loaded.state_dict()
    assert wanted.keys() == got.keys()
    assert all(torch.equal(wanted[name], got[name]) for name in wanted)
    counts = (network.parent / "shared" / checkpoints.COUNTS_FILE).stat().st_size
    assert shared.stat().st_size < network.stat().st_size - 0.5 * counts


def test_a_network_without_its_counts_is_refused(network: Path) -> None:
    shared = network.parent / "shared" / network.name
    checkpoints.share_counts(network, shared)
    alone = network.parent / "alone" / network.name
    alone.parent.mkdir()
    shutil.copy(shared, alone)
    with pytest.raises(CheckpointError, match=r"cannot read the model .*naive-bayes"):
        checkpoints.load_inpainter(alone)
    counts = checkpoints.load_inpainter(shared.with_name(checkpoints.COUNTS_FILE))[0]
    other = alone.with_name(checkpoints.COUNTS_FILE)
    checkpoints.save_inpainter(other, counts, codec="d" * 16)
    with pytest.raises(CheckpointError, match="copy both files together"):
        checkpoints.load_inpainter(alone)


def test_only_the_counts_that_a_network_holds_are_shared(network: Path) -> None:
    shared = network.parent / "shared" / network.name
    counts_file = shared.with_name(checkpoints.COUNTS_FILE)
    content = checkpoints.load(counts_file)
    tensors = {name: tensor.clone() for name, tensor in content.tensors.items()}
    tensors[max(tensors, key=lambda name: tensors[name].numel())] += 1
    checkpoints.save(counts_file, content.kind, content.config, tensors, extra=content.extra)
    with pytest.raises(CheckpointError, match="holds other counts than"):
        checkpoints.share_counts(network, shared)
    assert not shared.exists()
