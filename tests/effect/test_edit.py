import json

import pytest

from timbrush.effect.edit import Edit
from timbrush.effect.stroke import Stroke
from timbrush.effect.zone.shapes import Lasso, Surprise
from timbrush.errors import OutputError, StrokeError

MODEL = "0123456789abcdef"
EMPTY = Edit(strokes=(), model=MODEL)


def test_a_saved_edit_comes_back_with_the_models_that_painted_it(tmp_path):
    path = tmp_path / "edit.json"
    lasso = Lasso(points=((0, 100), (1, 100), (1, 900)))
    strokes = (Stroke(seed=3), Stroke(level="fine", zone=(lasso,)))
    edit = Edit(strokes=strokes, model=MODEL, inpainters={"naive-bayes": "f" * 16})

    edit.save(path)

    assert Edit.load(path) == edit
    assert [p.name for p in tmp_path.iterdir()] == ["edit.json"]


def test_an_edit_is_only_replaced_by_force(tmp_path):
    path, other = tmp_path / "edit.json", Edit(strokes=(Stroke(),), model=MODEL)
    EMPTY.save(path)

    with pytest.raises(OutputError, match="exists; choose"):
        other.save(path)
    other.save(path, force=True)

    assert Edit.load(path) == other


def test_a_missing_folder_is_one_plain_line(tmp_path):
    with pytest.raises(OutputError, match="does not exist"):
        EMPTY.save(tmp_path / "nowhere" / "edit.json")


@pytest.mark.parametrize(
    ("text", "match"),
    [
        ("{", "not valid JSON"),
        ("[" * 100_000, "not valid JSON"),
        ("[" + "1" * 5_000 + "]", "not valid JSON"),
        ("[]", "holds no strokes"),
        ('{"format": "timbrush strokes", "version": 3}', "version must be 1 or 2"),
        ('{"format": "timbrush strokes", "version": 1}', "must be fingerprints"),
        (
            '{"format": "timbrush strokes", "version": 1, "model": "", "inpainters": {"a": 1}}',
            "must be fingerprints",
        ),
        (
            '{"format": "timbrush strokes", "version": 1, "model": "", "inpainters": [2]}',
            "must be fingerprints",
        ),
        ('{"format": "timbrush strokes", "version": 1, "model": ""}', "must be a list"),
    ],
)
def test_a_text_that_is_no_edit_is_one_plain_line(text, match):
    with pytest.raises(StrokeError, match=match):
        Edit.parse(text)


def test_an_edit_of_before_rungs_were_named_is_read():
    text = json.dumps(
        {"format": "timbrush strokes", "version": 1, "model": MODEL, "strokes": []}
    )
    assert Edit.parse(text) == EMPTY


def test_what_is_wrong_with_a_saved_stroke_is_said_with_its_place():
    edit = {"format": "timbrush strokes", "version": 1, "model": MODEL}
    text = json.dumps({**edit, "strokes": [{}, {"strength": 5}]})
    with pytest.raises(StrokeError, match=r"x\.json: stroke 1: strength must lie in 0 to 1"):
        Edit.parse(text, where="x.json")


def test_a_file_that_is_no_text_is_one_plain_line(tmp_path):
    path = tmp_path / "edit.json"
    path.write_bytes(b"\xff\xfe\x00")

    with pytest.raises(StrokeError, match="not a JSON text"):
        Edit.load(path)


def test_other_models_are_refused_and_rungs_that_nobody_used_are_not_asked_for():
    edit = Edit(strokes=(Stroke(),), model=MODEL, inpainters={"personal": "a" * 16})

    edit.check(MODEL, {"personal": "a" * 16, "lstm": "b" * 16})
    with pytest.raises(StrokeError, match=f"with model {MODEL}, this is ffff"):
        edit.check("f" * 16, {"personal": "a" * 16})
    with pytest.raises(StrokeError, match="with personal aaaaaaaaaaaaaaaa, this is b"):
        edit.check(MODEL, {"personal": "b" * 16})


def test_a_stroke_names_the_rungs_that_redraw_and_those_that_judge():
    stroke = Stroke(inpainter="lstm", zone=(Surprise(inpainter="uniform"), Surprise()))
    assert stroke.inpainters == {"lstm", "uniform", "naive-bayes"}


def test_strokes_of_the_first_version_keep_nothing_and_new_ones_do():
    edit = Edit(strokes=(Stroke(),), model=MODEL)
    saved = json.loads(edit.dump())
    first = {**saved, "version": 1, "strokes": [{"seed": 3}, {"keep_level": 0.5}]}
    second = {**saved, "strokes": [{"seed": 3}]}

    let_go, half = Edit.parse(json.dumps(first)).strokes
    (kept,) = Edit.parse(json.dumps(second)).strokes

    assert saved["version"] == 2 and Edit.parse(edit.dump()) == edit
    assert (let_go.keep_level, let_go.keep_rhythm, let_go.keep_width) == (0, 0, 0)
    assert (half.keep_level, half.keep_rhythm) == (0.5, 0)
    assert kept == Stroke(seed=3) != let_go
