"""Tiny codemaps with structure, and every rung fitted or built on them."""

import pytest
import torch

from timbrush.codemaps import CodeShape
from timbrush.inpainting.contract import Inpainter
from timbrush.inpainting.ladder import derived
from timbrush.inpainting.lstm import LSTM, LSTMConfig, LSTMSizes
from timbrush.inpainting.naive_bayes import NaiveBayes
from timbrush.inpainting.personal import learn
from timbrush.inpainting.transformer import Transformer, TransformerConfig, TransformerSizes
from timbrush.tensors import Codemaps

SHAPE = CodeShape.of(codebook_sizes=(7, 9), n_rows=(3, 6), columns=(1, 2))
NAMES = ("uniform", "histogram", "pairwise", "naive-bayes", "personal", "lstm", "transformer")


def smooth_codemaps(n_sounds: int, n_columns: int, seed: int) -> Codemaps:
    """Codes that rise with the row and wander a little in time, on both levels."""
    generator = torch.Generator().manual_seed(seed)
    maps = []
    for size, rows, ratio in zip(
        SHAPE.codebook_sizes, SHAPE.n_rows, SHAPE.columns_per_patch, strict=True
    ):
        steps = torch.randn(n_sounds, 1, n_columns * ratio, generator=generator).cumsum(dim=2)
        ramp = torch.arange(rows)[:, None] * size / rows
        noise = 0.4 * torch.randn(n_sounds, rows, n_columns * ratio, generator=generator)
        maps.append((ramp + 0.7 * steps + noise).round().long() % size)
    return tuple(maps)


def make_rungs() -> dict[str, Inpainter]:
    torch.manual_seed(0)
    naive_bayes = NaiveBayes.fit([smooth_codemaps(40, 6, seed=1)], SHAPE, alpha=0.3)
    sizes = {"n_features": 12, "n_code_features": 6, "n_steps": 3, "context_columns": 2}
    transformer = TransformerSizes(**sizes, n_layers=2, n_heads=2, stretch_columns=4)
    lstm = LSTMSizes(**sizes, n_hidden=8, stretch_columns=4)
    rungs = {
        **derived(naive_bayes),
        "personal": learn([smooth_codemaps(3, 5, seed=2)], naive_bayes, weight=0.7),
        "lstm": LSTM(LSTMConfig(shape=SHAPE, sizes=lstm)).eval(),
        "transformer": Transformer(TransformerConfig(shape=SHAPE, sizes=transformer)).eval(),
    }
    assert tuple(sorted(rungs)) == tuple(sorted(NAMES))
    return rungs


@pytest.fixture(scope="session")
def rungs() -> dict[str, Inpainter]:
    return make_rungs()


@pytest.fixture(params=NAMES)
def rung(request: pytest.FixtureRequest, rungs: dict[str, Inpainter]) -> Inpainter:
    return rungs[request.param]
