"""Tiny codemaps with structure, and every inpainter fitted or built on them."""

import pytest
import torch

from timbrush.codemaps import CodeShape
from timbrush.families import FAMILIES
from timbrush.inpainting import registry
from timbrush.inpainting.contract import Inpainter
from timbrush.inpainting.counting.naive_bayes import NaiveBayes
from timbrush.inpainting.counting.personal import learn
from timbrush.inpainting.counting.tables.labels import count_labels
from timbrush.inpainting.networks.lstm import LSTM, LSTMConfig, LSTMSizes
from timbrush.inpainting.networks.transformer import (
    Transformer,
    TransformerConfig,
    TransformerSizes,
)
from timbrush.tensors import Codemaps

SHAPE = CodeShape.of(codebook_sizes=(7, 9), n_rows=(3, 6), columns=(1, 2))
CROSSED = CodeShape.of(
    codebook_sizes=(7, 9), n_rows=(3, 18), columns=(4, 1), names=("rhythm", "timbre")
)
SHAPES = {"nested": SHAPE, "crossed": CROSSED}
NAMES = tuple(registry.BY_NAME)


def smooth_codemaps(
    n_sounds: int, n_columns: int, seed: int, shape: CodeShape = SHAPE
) -> Codemaps:
    """Return codes that rise with the row and wander a little in time, on every level."""
    generator = torch.Generator().manual_seed(seed)
    maps = []
    for level, size in enumerate(shape.codebook_sizes):
        rows, columns = shape.size(level, n_columns)
        steps = torch.randn(n_sounds, 1, columns, generator=generator).cumsum(dim=2)
        ramp = torch.arange(rows)[:, None] * size / rows
        noise = 0.4 * torch.randn(n_sounds, rows, columns, generator=generator)
        maps.append((ramp + 0.7 * steps + noise).round().long() % size)
    return tuple(maps)


def make_inpainters(shape: CodeShape = SHAPE) -> dict[str, Inpainter]:
    torch.manual_seed(0)
    known = smooth_codemaps(40, 6, 1, shape)
    labels = torch.arange(40) % 2 + 59, torch.arange(40) % len(FAMILIES)
    naive_bayes = NaiveBayes.fit([known], shape, alpha=0.3).with_labels(
        count_labels([(known, *labels)], shape)
    )
    sizes = {"n_features": 12, "n_code_features": 6, "n_steps": 3, "context_columns": 2}
    transformer = TransformerSizes(**sizes, n_layers=2, n_heads=2, stretch_columns=4)
    lstm = LSTMSizes(**sizes, n_hidden=8, stretch_columns=4)
    made = {
        **registry.without_file(shape),
        **registry.derived_from(naive_bayes),
        "naive-bayes": naive_bayes,
        "personal": learn([smooth_codemaps(3, 5, 2, shape)], naive_bayes, weight=0.7),
        "lstm": LSTM(LSTMConfig(shape=shape, sizes=lstm)).eval(),
        "transformer": Transformer(TransformerConfig(shape=shape, sizes=transformer)).eval(),
    }
    assert tuple(sorted(made)) == tuple(sorted(NAMES))
    return made


@pytest.fixture(scope="session", params=SHAPES.values(), ids=SHAPES)
def inpainters(request: pytest.FixtureRequest) -> dict[str, Inpainter]:
    return make_inpainters(request.param)


@pytest.fixture(params=NAMES)
def inpainter(request: pytest.FixtureRequest, inpainters: dict[str, Inpainter]) -> Inpainter:
    return inpainters[request.param]
