"""Training inpainters: run files, records, and resuming to the same bytes."""

import json
import math
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from timbrush.checkpoints import load_inpainter
from timbrush.codemaps import CodeShape
from timbrush.config import read_toml
from timbrush.datasets import codemaps
from timbrush.datasets.codemaps import CodemapSet
from timbrush.errors import ConfigError
from timbrush.inpainting.contract import Condition
from timbrush.inpainting.counting.naive_bayes import NaiveBayes
from timbrush.inpainting.networks.lstm import LSTMSizes
from timbrush.inpainting.networks.transformer import TransformerSizes
from timbrush.training.inpainters.batches import batches, held_out, read_pair
from timbrush.training.inpainters.config import CodesConfig, InpainterRunConfig, NaiveBayesFit
from timbrush.training.inpainters.run import train
from timbrush.training.inpainters.task import InpainterTask
from timbrush.training.loop.config import LoopConfig

SMALL = {"n_features": 8, "n_code_features": 4, "n_layers": 1, "n_steps": 2}
FINGERPRINT = "0123456789abcdef"


def codes(n_sounds: int, seed: int, fingerprint: str = FINGERPRINT) -> CodemapSet:
    generator = torch.Generator().manual_seed(seed)
    columns = torch.full((n_sounds,), 4)
    columns[0] = 3
    total = int(columns.sum())
    coarse = torch.randint(4, (2, total), generator=generator)
    noise = torch.randint(2, (4, 2 * total), generator=generator)
    return CodemapSet(
        levels=(coarse, coarse.repeat_interleave(2, 0).repeat_interleave(2, 1) + noise),
        columns=columns,
        pitch=torch.randint(40, 80, (n_sounds,), generator=generator),
        family=torch.randint(-1, 11, (n_sounds,), generator=generator),
        names=tuple(map(str, range(n_sounds))),
        shape=CodeShape.of(codebook_sizes=(4, 5), n_rows=(2, 4), columns=(1, 2)),
        fingerprint=fingerprint,
    )


@pytest.fixture
def data(tmp_path: Path) -> CodesConfig:
    codemaps.write(tmp_path / "train", codes(12, seed=0))
    codemaps.write(tmp_path / "valid", codes(6, seed=1))
    return CodesConfig(
        train=(str(tmp_path / "train"),),
        valid=str(tmp_path / "valid"),
        batch_size=4,
        crop_columns=4,
        least_columns=2,
    )


def network_run(data: CodesConfig, output: Path, name: str, n_steps: int = 6):
    sizes = {
        "lstm": LSTMSizes(**SMALL, n_hidden=6),
        "transformer": TransformerSizes(**SMALL, n_heads=2),
    }
    loop = LoopConfig(n_steps=n_steps, validate_every=3, save_every=2, decay_share=0.0)
    return InpainterRunConfig(output=str(output), data=data, loop=loop, **{name: sizes[name]})


def test_naive_bayes_is_fitted_with_the_smoothing_that_tells_best(data, tmp_path):
    fit = NaiveBayesFit(alphas=(0.01, 0.5, 50.0))
    run = InpainterRunConfig(output=str(tmp_path / "out"), data=data, naive_bayes=fit)

    record = train(run)
    model, checkpoint = load_inpainter(
        tmp_path / "out" / "naive-bayes.safetensors", codec=FINGERPRINT
    )

    bits = record["bits_of_alphas"]
    assert record["alpha"] == float(min(bits, key=bits.get)) == model.config.alpha
    assert record["history"][-1]["bits"] == min(bits.values())
    train_codes, _ = read_pair(data)
    again = NaiveBayes.fit(batches(train_codes), train_codes.shape)
    assert int(again.counts.rows(0).sum()) == 2 * (11 * 4 + 3)
    for level in range(2):
        for a, b in zip(
            model.counts.features(level), again.counts.features(level), strict=True
        ):
            assert torch.equal(a, b)
    for curve in (model.strength_curve, model.config.pairwise_strength_curve):
        assert len(curve) == 6
        assert curve[-1] > 0.2
    assert checkpoint.extra["training"]["joules"] >= 0
    assert [len(level) for level in model.config.weights] == [17, 14]
    told = model.condition_scores(0, Condition(pitch=int(train_codes.pitch[0])))
    assert model.listens and told.abs().max() > 0.01


def test_counts_never_replace_others_and_nothing_of_them_is_resumed(data, tmp_path):
    run = InpainterRunConfig(
        output=str(tmp_path / "out"), data=data, naive_bayes=NaiveBayesFit(alphas=(0.5,))
    )
    with pytest.raises(ConfigError, match="leave --resume out"):
        train(run, resume=True)
    train(run)
    before = (tmp_path / "out" / "naive-bayes.safetensors").read_bytes()

    with pytest.raises(ConfigError, match=r"naive-bayes\.safetensors exists; remove it"):
        train(run)

    assert (tmp_path / "out" / "naive-bayes.safetensors").read_bytes() == before


@pytest.mark.parametrize("name", ["lstm", "transformer"])
def test_a_network_is_trained_recorded_and_loaded(data, tmp_path, name):
    record = train(network_run(data, tmp_path / "out", name))
    model, _ = load_inpainter(tmp_path / "out" / f"{name}.safetensors", codec=FINGERPRINT)
    assert model.name == name
    assert record["steps"] == 6
    assert [entry["step"] for entry in record["history"]] == [3, 6]
    assert len(model.strength_curve) == 6
    written = json.loads((tmp_path / "out" / "record.json").read_text())
    assert written["sounds_seen"] == 24
    assert torch.tensor(written["shares"]).half().equal(model.trust.shares)
    assert len(model.config.naive_bayes.weights) == 2
    told = model.naive_bayes.condition_scores(1, Condition(family="organ"))
    assert model.listens and told.abs().max() > 0.01
    assert (tmp_path / "out" / "history.png").stat().st_size > 1000
    for path in (tmp_path / "out").glob("state*"):
        path.unlink()
    with pytest.raises(ConfigError, match=f"{name}.safetensors exists"):
        train(network_run(data, tmp_path / "out", name))


@pytest.mark.parametrize("name", ["lstm", "transformer"])
def test_a_run_that_is_resumed_ends_with_the_same_bytes(data, tmp_path, name):
    whole = network_run(data, tmp_path / "whole", name)
    train(whole)
    part = network_run(data, tmp_path / "part", name, n_steps=4)
    train(part)
    train(replace(part, loop=replace(part.loop, n_steps=6)), resume=True)

    one, _ = load_inpainter(tmp_path / "whole" / f"{name}.safetensors")
    other, _ = load_inpainter(tmp_path / "part" / f"{name}.safetensors")

    assert one.config == other.config
    for name, tensor in one.state_dict().items():
        assert torch.equal(tensor, other.state_dict()[name]), name


class Even(torch.nn.Module):
    """Gives each of 4 coarse and of 5 fine codes the same chance; counts what it is asked."""

    def forward(self, codemaps, masks, asked, evidence):
        self.n_cells = [int(mask.sum()) for mask in asked]
        return tuple(torch.zeros(n, size) for n, size in zip(self.n_cells, (4, 5), strict=True))


def test_a_level_counts_as_the_square_root_of_its_cells(data, tmp_path):
    task = InpainterTask(network_run(data, tmp_path, "lstm"), torch.device("cpu"))
    module = Even()
    for step in range(5):
        loss, terms = task.loss(module, (0, step))

        coarse, fine = map(math.sqrt, module.n_cells)
        told = (coarse * math.log(4) + fine * math.log(5)) / (coarse + fine)
        assert fine > coarse > 0
        assert loss.item() == pytest.approx(told)
        told = (coarse**2 * math.log2(4) + fine**2 * math.log2(5)) / (coarse**2 + fine**2)
        assert terms["bits"] == pytest.approx(told)


def test_held_out_sounds_are_of_one_length_and_painted_the_same_for_all():
    first, second = (held_out(codes(9, seed=3), 5, seed=2) for _ in "ab")
    assert first.codemaps[1].shape == (5, 4, 8)
    for a, b in zip(first.masks, second.masks, strict=True):
        assert torch.equal(a, b)
        assert a.double().mean() == 0.25


def test_the_run_files_that_are_shipped_can_be_read():
    for name in ("naive-bayes", "lstm", "transformer"):
        path = Path(__file__).parents[3] / "experiments" / f"{name}.toml"
        assert read_toml(path, InpainterRunConfig).output == f"runs/{name}"


def test_a_run_names_exactly_one_inpainter(data):
    with pytest.raises(ConfigError, match="needs one of"):
        InpainterRunConfig(output="x", data=data)
    with pytest.raises(ConfigError, match="a network needs"):
        InpainterRunConfig(output="x", data=data, lstm=LSTMSizes())


def test_codes_of_two_codecs_are_not_mixed(data, tmp_path):
    codemaps.write(tmp_path / "other", codes(6, seed=1, fingerprint="f" * 16))
    with pytest.raises(ConfigError, match="extract both with the same"):
        read_pair(replace(data, valid=str(tmp_path / "other")))
