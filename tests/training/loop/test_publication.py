from pathlib import Path

import pytest

from timbrush.training.loop import publication as chart

HISTORY = [{"step": step, "error": 1 / step, "train_error": 2 / step} for step in (1, 2)]


def test_without_matplotlib_one_remark_stands_for_all_charts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    chart._remark_once.cache_clear()
    monkeypatch.setattr(chart, "find_spec", lambda name: None)

    for _ in range(2):
        chart.draw_history(tmp_path / "history.png", HISTORY)

    assert not (tmp_path / "history.png").exists()
    (line,) = capsys.readouterr().err.splitlines()
    assert "history.png" in line and "timbrush[picture]" in line


def test_with_matplotlib_there_is_a_chart(tmp_path: Path) -> None:
    chart.draw_history(tmp_path / "history.png", HISTORY)

    assert (tmp_path / "history.png").read_bytes().startswith(b"\x89PNG")
