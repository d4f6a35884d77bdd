"""The list of inpainters agrees with the inpainters and with what is on disk."""

from pathlib import Path

import pytest
import torch

from timbrush import checkpoints
from timbrush.inpainting import registry
from timbrush.inpainting.contract import Inpainter


def test_every_inpainter_is_listed_under_its_name_and_class(inpainter: Inpainter) -> None:
    entry = registry.BY_NAME[inpainter.name]

    assert type(inpainter) is entry.cls
    assert inpainter.takes_radius == entry.takes_radius
    assert not inpainter.listens or entry.can_listen
    if entry.config is not None:
        assert isinstance(inpainter, torch.nn.Module)
        assert type(inpainter.config) is entry.config


def test_a_radius_matters_where_the_list_says_so(inpainter: Inpainter) -> None:
    generator = torch.Generator().manual_seed(0)
    codes = tuple(
        torch.randint(size, (2, *inpainter.shape.size(level, 5)), generator=generator)
        for level, size in enumerate(inpainter.shape.codebook_sizes)
    )
    masks = tuple(torch.rand(level.shape, generator=generator) < 0.4 for level in codes)

    near, far = (
        inpainter.log_probabilities(codes, masks, radius=radius) for radius in (0.5, 4.0)
    )

    same = all(torch.equal(a, b) for a, b in zip(near, far, strict=True))
    assert same != inpainter.takes_radius


def test_an_inpainter_comes_from_a_file_or_from_another_or_from_a_shape() -> None:
    assert list(registry.BY_NAME) == [entry.name for entry in registry.ENTRIES]
    assert set(registry.STORED) == {"naive-bayes", "lstm", "transformer", "personal"}
    for entry in registry.ENTRIES:
        assert entry.config is None or entry.derived_from is None
        assert entry.derived_from is None or entry.derived_from in registry.STORED
        assert entry.words.endswith(".") and "\n" not in entry.words
    assert registry.names_derived_from("naive-bayes") == ("histogram", "pairwise")
    assert registry.names_derived_from("lstm") == ()


def test_names_are_shown_in_the_order_of_the_list_and_those_of_users_last() -> None:
    names = ["zither", "transformer", "drums", "uniform", "naive-bayes"]

    assert registry.in_order(names) == [
        "uniform",
        "naive-bayes",
        "transformer",
        "drums",
        "zither",
    ]


@pytest.mark.parametrize(
    ("names", "chosen"),
    [(["uniform", "naive-bayes", "lstm"], "naive-bayes"), (["uniform", "lstm"], "lstm")],
)
def test_naive_bayes_redraws_where_nobody_chose_or_else_the_last(
    names: list[str], chosen: str
) -> None:
    assert registry.default(names) == chosen


@pytest.mark.parametrize("name", ["naive-bayes", "lstm", "transformer"])
def test_shipped_files_are_of_inpainters_in_the_list(name: str) -> None:
    path = Path(checkpoints.__file__).parent / "weights" / "notes" / f"{name}.safetensors"

    assert checkpoints.read_kind(path) == name
    assert isinstance(checkpoints.read_inpainter_config(path), registry.STORED[name][0])
