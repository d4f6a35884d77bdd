import json
import subprocess
import sys

import pytest

from timbrush.effect.stroke import Stroke
from timbrush.effect.zone import shapes
from timbrush.effect.zone.shapes import Brush, Harmonics, Lasso, Rectangle, Surprise, Threshold
from timbrush.errors import StrokeError

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
        "from timbrush.effect.zone.shapes import Brush\n"
        "from timbrush.effect.edit import Edit\n"
        "from timbrush.effect.stroke import Stroke\n"
        "path = np.array([[0.0, 100.0], [1.0, 200.0]])\n"
        "stroke = Stroke(seed=np.int64(3), strength=np.float32(0.5), hertz=np.arange(2),\n"
        "                seconds=(np.float32(0.5), 1), zone=(Brush(points=path),))\n"
        "edit = Edit(strokes=(stroke,), model='x')\n"
        "assert Edit.parse(edit.dump()) == edit\n"
        "for wrong in ({'seconds': 0.5}, {'strength': 'a'}, {'seed': 1.5}, {'zone': (3,)},\n"
        "              {'zone': Brush(points=path)}):\n"
        "    try:\n"
        "        Stroke(**wrong)\n"
        "    except Exception as error:\n"
        "        print(type(error).__name__)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.stdout.split() == ["StrokeError"] * 5, done.stderr
