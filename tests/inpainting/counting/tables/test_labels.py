"""What labels say of codes, against counts by hand, and that inpainters listen."""

import math

import pytest
import torch

from timbrush.codemaps import CodeShape
from timbrush.errors import ConfigError
from timbrush.families import FAMILIES
from timbrush.inpainting.contract import Condition, Sampling
from timbrush.inpainting.counting.naive_bayes import NaiveBayes, NaiveBayesConfig
from timbrush.inpainting.counting.personal import learn
from timbrush.inpainting.counting.tables.labels import (
    UNSURE,
    LabelCounts,
    LabelCountsConfig,
    count_labels,
)
from timbrush.inpainting.counting.tables.neighbour_counts import CountsConfig
from timbrush.inpainting.networks.lstm import LSTM, LSTMConfig, LSTMSizes
from timbrush.inpainting.networks.transformer import (
    Transformer,
    TransformerConfig,
    TransformerSizes,
)

SHAPE = CodeShape.of(codebook_sizes=(7, 9), n_rows=(3, 6), columns=(1, 2))
FLUTE, ORGAN = FAMILIES.index("flute"), FAMILIES.index("organ")


def labelled(n_sounds=30):
    """Flutes of codes 0 and 1, organs of 2 and 3; sounds without a label of all codes."""
    generator = torch.Generator().manual_seed(0)
    families = torch.tensor([FLUTE, ORGAN, -1]).repeat(n_sounds // 3)
    low = torch.tensor([0, 2, 0])[:, None, None].repeat(n_sounds // 3, 1, 1)
    span = torch.tensor([2, 2, 7])[:, None, None].repeat(n_sounds // 3, 1, 1)
    maps = []
    for rows, ratio in zip(SHAPE.n_rows, SHAPE.columns_per_patch, strict=True):
        chance = torch.rand(n_sounds, rows, 5 * ratio, generator=generator)
        maps.append(low + (chance * span).long())
    pitches = torch.where(families == FLUTE, 72, 48)
    return tuple(maps), pitches, families


def listening() -> NaiveBayes:
    batch = labelled()
    fitted = NaiveBayes.fit([batch[0]], SHAPE, alpha=0.3)
    return fitted.with_labels(count_labels([batch], SHAPE))


def test_evidence_is_how_much_likelier_a_label_makes_a_code() -> None:
    maps, pitches, families = labelled()
    counts = count_labels([(maps, pitches, families)], SHAPE)
    condition = Condition(family="flute", guidance=1.0)
    for level, row, code in ((0, 1, 0), (0, 2, 3), (1, 5, 1), (1, 0, 8)):
        known = [
            (int(f), int(c))
            for sound, f in zip(maps[level], families, strict=True)
            for c in sound[row]
            if f >= 0
        ]
        size = SHAPE.codebook_sizes[level]
        share = (sum(c == code for _, c in known) + 1 / size) / (len(known) + 1)
        seen = [c for f, c in known if f == FLUTE]
        own = (sum(c == code for c in seen) + UNSURE * share) / (len(seen) + UNSURE)
        found = counts.evidence(level, condition)[row, code]
        assert float(found) == pytest.approx(math.log(own / share), abs=1e-5)


def test_batches_add_up_and_guidance_multiplies() -> None:
    maps, pitches, families = labelled()
    halves = [
        (tuple(level[half] for level in maps), pitches[half], families[half])
        for half in (slice(0, 11), slice(11, 30))
    ]
    whole = count_labels([(maps, pitches, families)], SHAPE)
    parts = count_labels(halves, SHAPE)
    plain = Condition(pitch=72, family="organ", guidance=1.0)
    strong = Condition(pitch=72, family="organ", guidance=2.5)
    for level in range(2):
        found = parts.evidence(level, plain)
        torch.testing.assert_close(found, whole.evidence(level, plain))
        torch.testing.assert_close(parts.evidence(level, strong), 2.5 * found)
        family, pitch = Condition(family="organ"), Condition(pitch=72)
        apart = whole.evidence(level, family) + whole.evidence(level, pitch)
        torch.testing.assert_close(apart / family.guidance, found)


def test_a_label_that_was_never_seen_says_nothing() -> None:
    counts = count_labels([labelled()], SHAPE)
    for condition in (Condition(family="bass"), Condition(pitch=1)):
        assert counts.evidence(1, condition).abs().max() < 1e-6


def inpainters():
    naive_bayes = listening()
    small = {"n_features": 8, "n_code_features": 4, "n_steps": 3}
    lstm = LSTM(
        LSTMConfig(
            shape=SHAPE, sizes=LSTMSizes(**small, n_hidden=4), naive_bayes=naive_bayes.config
        )
    )
    sizes = TransformerSizes(**small, n_heads=2, n_layers=1)
    transformer = Transformer(
        TransformerConfig(shape=SHAPE, sizes=sizes, naive_bayes=naive_bayes.config)
    )
    for network in (lstm, transformer):
        network.load_state_dict(
            {
                **network.state_dict(),
                **{f"naive_bayes.{n}": t for n, t in naive_bayes.state_dict().items()},
            }
        )
        network.head.start_silent()
    personal = learn([labelled(6)[0]], naive_bayes, weight=0.5)
    return [naive_bayes, personal, lstm.eval(), transformer.eval()]


@pytest.mark.parametrize("index", range(4))
def test_a_zone_is_redrawn_as_the_family_that_was_asked_for(index: int) -> None:
    torch.manual_seed(0)
    inpainter = inpainters()[index]
    assert inpainter.listens
    codes = tuple(level[:1] for level in labelled()[0])
    masks = tuple(torch.ones_like(level, dtype=torch.bool) for level in codes)

    def share_of_flutes(condition: Condition) -> float:
        drawn = [
            inpainter.redraw(
                codes,
                masks,
                radius=1.0,
                sampling=Sampling(),
                generator=torch.Generator().manual_seed(seed),
                condition=condition,
            )
            for seed in range(8)
        ]
        cells = torch.cat([level.flatten() for maps in drawn for level in maps])
        return float((cells < 2).double().mean())

    asked, other = Condition(family="flute"), Condition(family="organ")
    assert share_of_flutes(asked) > share_of_flutes(Condition()) + 0.1
    assert share_of_flutes(other) < share_of_flutes(Condition()) - 0.1
    deaf = Condition(family="flute", guidance=0.0)
    assert share_of_flutes(deaf) == share_of_flutes(Condition())


def test_who_counted_no_labels_does_not_listen() -> None:
    naive_bayes = NaiveBayes.fit([labelled()[0]], SHAPE)
    assert not naive_bayes.listens
    assert not learn([labelled()[0]], naive_bayes).listens


def test_tables_must_fit_the_levels() -> None:
    shape = CodeShape.of(codebook_sizes=(3,), n_rows=(2,), columns=(1,))
    with pytest.raises(ConfigError, match="expected 1 tables of counts, got 0"):
        LabelCounts(LabelCountsConfig(shape=shape, pitches=(), families=()))
    labels = LabelCountsConfig(shape=shape, pitches=(), families=())
    larger = CodeShape.of(codebook_sizes=(4,), n_rows=(2,), columns=(1,))
    counts = CountsConfig(shape=larger, pairs=(), families=())
    with pytest.raises(ConfigError, match="of labels belong to other codemaps"):
        NaiveBayesConfig(counts=counts, labels=labels)
