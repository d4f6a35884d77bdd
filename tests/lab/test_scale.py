from pathlib import Path

import pytest

import timbrush
from timbrush_lab import scale

NOTES = Path(timbrush.__file__).parent / "notes"


def test_a_process_tells_how_fast_it_extracts_and_learns():
    found = scale.rates(NOTES, Path("notes"), 2)

    assert 0 < found["learn_notes_per_second"] < found["extract_notes_per_second"]
    assert 0.1 < found["gigabytes"] < 20


def test_the_hours_follow_from_the_rates_of_one_process_and_of_two(monkeypatch):
    def measured(n: int, *_: object) -> dict[str, float]:
        return {"extract_notes_per_second": 10.0 / n, "learn_notes_per_second": 5.0 / n}

    monkeypatch.setattr(scale, "in_processes", measured)
    found = scale.measure_scale(NOTES, model=None, n_notes=2, epoch_notes_per_second=20.0)

    alone = 305_979 / 10 / 3600
    hours = found["nsynth_hours"]
    assert [hours[n]["extract"] for n in ("1", "2", "256")] == pytest.approx(
        [alone, alone, alone / 128]
    )
    assert hours["16"]["epoch"] == pytest.approx(305_979 / 20 / 16 / 3600)
    assert set(found["notes_read_per_second"]) == {"flac", "wav", "mp3"}
