import json
import subprocess
import sys

import pytest

from timbrush.effect import shapes
from timbrush.effect.shapes import Brush, Harmonics, Lasso, Rectangle, Surprise, Threshold
from timbrush.effect.stroke import Stroke, load_strokes, parse_strokes, save_strokes
from timbrush.errors import OutputError, StrokeError

FINGERPRINT = "0123456789abcdef"
EVERY_SHAPE = (
    Rectangle(seconds=(0.5, 1), hertz=(200, 2000)),
    Brush(points=((0.5, 440.0), (1.0, 880.0)), size_seconds=0.1, mode="subtract"),
    Lasso(points=((0, 100), (1, 100), (1, 900)), mode="intersect"),
    Harmonics(pitch_hertz=220, seconds=(0.0, 2.0), n_partials=5),
    Threshold(above_decibels=-50),
    Surprise(share=0.25, inpainter="uniform"),
)


def test_a_stroke_with_every_shape_survives_json():
    stroke = Stroke(
        seconds=(0, 2),
        zone=EVERY_SHAPE,
        strength=0.5,
        pitch=60,
        family="flute",
        guidance=3.5,
        seed=7,
    )

    read = Stroke.from_dict(json.loads(json.dumps(stroke.to_dict())))

    assert read == stroke


def test_a_stroke_reads_with_all_its_defaults():
    assert Stroke.from_dict({}) == Stroke()


@pytest.mark.parametrize("shape", EVERY_SHAPE, ids=lambda shape: type(shape).__name__)
def test_every_shape_names_itself(shape):
    assert shapes.to_dict(shape)["shape"] == type(shape).__name__.lower()


def test_saved_strokes_come_back_with_the_model_that_painted_them(tmp_path):
    path = tmp_path / "edit.json"
    strokes = (Stroke(seed=3), Stroke(level="fine", zone=EVERY_SHAPE))

    save_strokes(path, strokes, FINGERPRINT)

    assert load_strokes(path) == (strokes, FINGERPRINT)
    assert [p.name for p in tmp_path.iterdir()] == ["edit.json"]


def test_saved_strokes_are_only_replaced_by_force(tmp_path):
    path = tmp_path / "edit.json"
    save_strokes(path, (), FINGERPRINT)

    with pytest.raises(OutputError, match="exists; choose"):
        save_strokes(path, (Stroke(),), FINGERPRINT)
    save_strokes(path, (Stroke(),), FINGERPRINT, force=True)

    assert load_strokes(path)[0] == (Stroke(),)


def test_a_missing_folder_is_one_plain_line(tmp_path):
    with pytest.raises(OutputError, match="does not exist"):
        save_strokes(tmp_path / "nowhere" / "edit.json", (), FINGERPRINT)


@pytest.mark.parametrize(
    ("values", "match"),
    [
        ({"strength": 1.5}, "strength must lie in 0 to 1"),
        ({"strength": float("nan")}, "strength must lie in 0 to 1"),
        ({"strength": "much"}, "stroke.strength must be float"),
        ({"seconds": [2, 1]}, "first < last"),
        ({"seconds": [-1, 1]}, "first < last"),
        ({"seconds": [0, float("inf")]}, "finite"),
        ({"seconds": [0, 1, 2]}, "must have 2 items"),
        ({"hertz": [100, 100]}, "first < last"),
        ({"radius": 0}, "radius must be a finite number above 0"),
        ({"repeat": 0}, "repeat must lie in 1 to 100"),
        ({"top_p": 0}, "top_p must lie above 0"),
        ({"seed": -1}, "seed must lie in"),
        ({"seed": True}, "seed must be int"),
        ({"pitch": 128}, "pitch must be a MIDI note from 0 to 127"),
        ({"family": "flut"}, "family must be one of bass"),
        ({"guidance": -1}, "guidance must lie in 0 to 100"),
        ({"seed": 10**400}, "seed must lie in"),
        ({"strength": 10**400}, "strength must be a number of ordinary size"),
        ({"radius": 1e-50}, "radius must be a finite number above 0"),
        ({"zone": [{"shape": "brush", "points": [[0, 1e300]]}]}, "finite and not below 0"),
        ({"zone": [{"shape": "lasso", "points": [[0, 1], [1, 1], [1e300, 2]]}]}, "finite"),
        ({"level": "middle"}, "level must be one of both, coarse, fine"),
        ({"colour": "red"}, "unknown settings colour"),
        ({"zone": "all"}, "zone must be a list"),
        ({"zone": [{"shape": "star"}]}, "shape must be one of rectangle, brush"),
        ({"zone": [3]}, "must be an object"),
        ({"zone": [{"shape": "lasso", "points": [[0, 1], [1, 1]]}]}, "points must be 3 to"),
        (
            {"zone": [{"shape": "brush", "points": [[0, 1]], "size_octaves": 1e5}]},
            r"size_octaves must be a finite number above 0 \(1e-06 to 100\)",
        ),
        ({"zone": [{"shape": "brush", "points": [[0, -1]]}]}, "not below 0"),
        ({"zone": [{"shape": "brush"}]}, "lacks the settings points"),
        ({"zone": [{"shape": "rectangle", "mode": "divide"}]}, "mode must be one of add"),
        ({"zone": [{"shape": "threshold"}]}, "needs above_decibels or below_decibels"),
        ({"zone": [{"shape": "harmonics", "pitch_hertz": 0}]}, "pitch_hertz must be"),
        ({"zone": [{"shape": "surprise", "share": 0}]}, "share must lie above 0"),
    ],
)
def test_a_stroke_that_cannot_be_is_one_plain_line(values, match):
    with pytest.raises(StrokeError, match=match) as caught:
        Stroke.from_dict(values)
    assert "\n" not in str(caught.value)


def test_numpy_s_numbers_become_python_s():
    # In a process of its own: here, the tests' type checker would refuse them first.
    program = (
        "import numpy as np\n"
        "from timbrush.effect.shapes import Brush\n"
        "from timbrush.effect.stroke import Stroke, dump_strokes, parse_strokes\n"
        "path = np.array([[0.0, 100.0], [1.0, 200.0]])\n"
        "stroke = Stroke(seed=np.int64(3), strength=np.float32(0.5), hertz=np.arange(2),\n"
        "                seconds=(np.float32(0.5), 1), zone=(Brush(points=path),))\n"
        "assert parse_strokes(dump_strokes([stroke], 'x'))[0] == (stroke,)\n"
        "for wrong in ({'seconds': 0.5}, {'strength': 'a'}, {'seed': 1.5}, {'zone': (3,)}):\n"
        "    try:\n"
        "        Stroke(**wrong)\n"
        "    except Exception as error:\n"
        "        print(type(error).__name__)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.stdout.split() == ["StrokeError"] * 4, done.stderr


@pytest.mark.parametrize(
    ("text", "match"),
    [
        ("{", "not valid JSON"),
        ("[" * 100_000, "not valid JSON"),
        ("[" + "1" * 5_000 + "]", "not valid JSON"),
        ("[]", "holds no strokes"),
        ('{"format": "timbrush strokes", "version": 2}', "version must be 1"),
        ('{"format": "timbrush strokes", "version": 1}', "model must be a fingerprint"),
        ('{"format": "timbrush strokes", "version": 1, "model": ""}', "must be a list"),
    ],
)
def test_a_text_that_is_no_edit_is_one_plain_line(text, match):
    with pytest.raises(StrokeError, match=match):
        parse_strokes(text)


def test_what_is_wrong_with_a_saved_stroke_is_said_with_its_place():
    edit = {"format": "timbrush strokes", "version": 1, "model": FINGERPRINT}
    text = json.dumps({**edit, "strokes": [{}, {"strength": 5}]})
    with pytest.raises(StrokeError, match=r"x\.json: stroke 1: strength must lie in 0 to 1"):
        parse_strokes(text, where="x.json")


def test_a_file_that_is_no_text_is_one_plain_line(tmp_path):
    path = tmp_path / "edit.json"
    path.write_bytes(b"\xff\xfe\x00")

    with pytest.raises(StrokeError, match="not a JSON text"):
        load_strokes(path)
