import pytest
import torch

from timbrush.codec.codes import Codes
from timbrush_lab.codec.pitch import PitchError
from timbrush_lab.codec.restoring import Distances, SoundResult
from timbrush_lab.codec.summary import spread, summarize, worst_first


def result(  # type: ignore[no-untyped-def]
    name: str, family: str, active: float, codes: tuple[int, ...], **changes
) -> SoundResult:
    fine = torch.tensor(codes).reshape(1, 2, 2)
    values = {
        "name": name,
        "family": family,
        "distances": Distances(
            lsd=active / 2, active_lsd=active, spectral_convergence=0.5, mel_distance=1.0
        ),
        "bits": 100,
        "file_bits": 180,
        "seconds": 0.5,
        "codes": Codes(
            codemaps=(torch.zeros(1, 1, 1, dtype=torch.int64), fine),
            bits_per_code=(4, 4),
            length=4000,
            sample_rate=8000,
            gain=1.0,
            fingerprint="0" * 16,
        ),
        "pitch": None,
        "label_pitch": None,
        "ceilings": {},
        "opus_bits": {},
    }
    return SoundResult(**(values | changes))


def test_figures_are_means_over_sounds_and_over_families(effect) -> None:  # type: ignore[no-untyped-def]
    results = [
        result("a", "bass", 4.0, (0, 0, 0, 0)),
        result("b", "reed", 6.0, (0, 0, 0, 0)),
        result("c", "reed", 11.0, (0, 0, 1, 1)),
    ]
    summary = summarize(results, effect.codec)
    assert summary["active_lsd"] == pytest.approx(7.0)
    assert summary["families"]["reed"]["active_lsd"] == pytest.approx(8.5)
    assert summary["families"]["reed"]["n_sounds"] == 2
    assert summary["bits_per_second"] == pytest.approx(200)
    assert summary["bits_per_second_with_headers"] == pytest.approx(360)
    assert [sound["name"] for sound in summary["sounds"]] == ["c", "b", "a"]


def test_codebooks_are_judged_over_all_sounds(effect) -> None:  # type: ignore[no-untyped-def]
    results = [
        result("a", "bass", 1.0, (3, 3, 3, 3)),
        result("b", "bass", 1.0, (5, 5, 5, 5)),
    ]
    coarse, fine = summarize(results, effect.codec)["codebooks"]
    assert coarse["perplexity"] == pytest.approx(1.0)
    assert fine["perplexity"] == pytest.approx(2.0)
    assert fine["codes_used"] == pytest.approx(2 / 16)


def test_pitch_errors_weigh_frames(effect) -> None:  # type: ignore[no-untyped-def]
    first = PitchError(cents=10.0, gross=0.5, lost=0.0, n_frames=10)
    second = PitchError(cents=30.0, gross=0.0, lost=0.2, n_frames=30)
    results = [
        result("a", "bass", 1.0, (0,) * 4, pitch=first, label_pitch=first),
        result("b", "bass", 1.0, (0,) * 4, pitch=second),
    ]
    pitch = summarize(results, effect.codec)["pitch"]
    assert pitch["cents"] == pytest.approx(20.0)
    assert pitch["gross"] == pytest.approx(5 / 40)
    assert pitch["lost"] == pytest.approx(0.1)
    assert pitch["by_label"] == {"cents": 10.0, "gross": 0.5, "lost": 0.0, "n_frames": 10}


def test_sounds_without_labels_are_held_against_no_label(effect) -> None:  # type: ignore[no-untyped-def]
    error = PitchError(cents=10.0, gross=0.5, lost=0.0, n_frames=10)
    pitch = summarize([result("a", "bass", 1.0, (0,) * 4, pitch=error)], effect.codec)["pitch"]
    assert pitch["by_label"] is None


def test_opus_is_reported_with_its_true_bitrate(effect) -> None:  # type: ignore[no-untyped-def]
    ceiling = Distances(lsd=1.0, active_lsd=2.0, spectral_convergence=0.1, mel_distance=0.5)
    results = [
        result("a", "bass", 1.0, (0,) * 4, ceilings={"Opus": ceiling}, opus_bits={"Opus": 3500})
    ]
    ceilings = summarize(results, effect.codec)["ceilings"]
    assert ceilings["Opus"]["bits_per_second_with_headers"] == pytest.approx(7000)
    assert ceilings["Opus"]["active_lsd"] == pytest.approx(2.0)


def test_the_worst_comes_first() -> None:
    results = [result("a", "bass", 2.0, (0,) * 4), result("b", "bass", 3.0, (0,) * 4)]
    assert [found.name for found in worst_first(results)] == ["b", "a"]


@pytest.mark.parametrize(
    ("n_items", "limit", "indexes"),
    [(10, 3, [0, 3, 6]), (4, 0, [0, 1, 2, 3]), (2, 9, [0, 1]), (0, 5, []), (0, 0, [])],
)
def test_a_limit_takes_items_from_all_over(
    n_items: int, limit: int, indexes: list[int]
) -> None:
    assert spread(n_items, limit) == indexes
