"""``timbrush blur`` and ``timbrush replay``, on files, folders and pipes."""

import io
import json
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

Run = Callable[..., Any]


def test_the_result_is_what_the_library_paints(run: Run, model: Path, sound: Path) -> None:
    from timbrush.effect.model import load
    from timbrush.effect.stroke import Stroke

    out = sound.with_name("out.wav")
    options = ["--seconds", 0.2, 0.6, "--hertz", 200, 2000, "--strength", 0.8, "--seed", 5]
    result = run("blur", sound, "-o", out, *options, "--model", model)

    samples, rate = soundfile.read(sound, dtype="float32")
    canvas = load(model).open(samples.T, sample_rate=rate)
    stroke = Stroke(seconds=(0.2, 0.6), hertz=(200, 2000), strength=0.8, seed=5)
    wanted = canvas.paint(stroke).samples.T
    painted = soundfile.read(out, dtype="float32")[0]
    assert np.abs(painted - wanted).max() <= 2**-24  # half a step of 24 bits
    assert not np.array_equal(painted, samples)
    assert "seed 5" in result.stderr
    assert "J" in result.stderr and "ms" in result.stderr
    assert result.stdout == ""


def test_rate_channels_length_and_subtype_stay(run: Run, model: Path, sound: Path) -> None:
    out = sound.with_name("out.flac")

    run("blur", sound, "-o", out, "--model", model)

    before, after = soundfile.info(sound), soundfile.info(out)
    for name in ("samplerate", "channels", "frames", "subtype"):
        assert getattr(after, name) == getattr(before, name)


def test_strength_zero_gives_the_data_bit_for_bit(run: Run, model: Path, sound: Path) -> None:
    out = sound.with_name("out.wav")

    run("blur", sound, "-o", out, "--strength", 0, "--model", model)

    read = [soundfile.read(path, dtype="int32")[0] for path in (sound, out)]
    assert np.array_equal(*read)


@pytest.mark.parametrize(("name", "cut"), [("out.flac", True), ("out.wav", False)])
def test_what_is_louder_than_full_scale_is_cut_off_only_where_it_is_said(
    run: Run, model: Path, sound: Path, name: str, cut: bool
) -> None:
    samples, rate = soundfile.read(sound)
    out = sound.with_name(name)
    soundfile.write(sound, 3 / np.abs(samples).max() * samples, rate, subtype="FLOAT")

    result = run("blur", sound, "-o", out, "--strength", 0, "--model", model)

    assert (np.abs(soundfile.read(out)[0]).max() < 2) == cut
    assert (f"{name} cuts off what is louder" in result.stderr) == cut


def test_a_replayed_edit_gives_the_same_bytes_and_another_seed_others(
    run: Run, model: Path, sound: Path
) -> None:
    first, second, third = (sound.with_name(f"{name}.wav") for name in "abc")
    strokes = sound.with_name("edit.json")

    result = run("blur", sound, "-o", first, "--strokes-out", strokes, "--model", model)
    run("replay", strokes, sound, "-o", second, "--model", model)
    seed = json.loads(strokes.read_text())["strokes"][0]["seed"]
    run("blur", sound, "-o", third, "--seed", seed + 1, "--model", model)

    assert f"seed {seed}" in result.stderr
    assert first.read_bytes() == second.read_bytes()
    assert first.read_bytes() != third.read_bytes()


def test_strokes_leave_a_record_where_one_is_asked_for(
    run: Run, model: Path, sound: Path
) -> None:
    edit, record = sound.with_name("edit.json"), sound.with_name("cost.json")
    options = ["--model", model, "--record", record]

    run("blur", sound, "-o", sound.with_name("a.wav"), *options, "--strokes-out", edit)
    cost = json.loads(record.read_text())
    run("replay", edit, sound, "-o", sound.with_name("b.wav"), *options, code=1)

    assert cost["what"] == "blur" and cost["command"].startswith(f"timbrush blur {sound}")
    assert cost["joules"] > 0 and cost["seconds"] > 0
    assert cost["seed"] == json.loads(edit.read_text())["strokes"][0]["seed"]
    assert not sound.with_name("b.wav").exists()
    run("replay", edit, sound, "-o", sound.with_name("b.wav"), *options, "--force")
    assert json.loads(record.read_text())["what"] == "replay"


def test_the_edit_of_another_model_is_refused(run: Run, model: Path, sound: Path) -> None:
    strokes, out = sound.with_name("edit.json"), sound.with_name("out.wav")
    edit = {"format": "timbrush strokes", "version": 1, "model": "f" * 16, "strokes": []}
    strokes.write_text(json.dumps(edit))

    result = run("replay", strokes, sound, "-o", out, "--model", model, code=1)

    assert "painted with model ffffffffffffffff" in result.stderr
    assert not out.exists()


def test_the_edit_of_another_personal_model_is_refused(
    run: Run, model: Path, sounds: Path
) -> None:
    sound, edit = sounds / "a.wav", sounds.with_name("edit.json")
    for name, share in (("one", 0.2), ("other", 0.9)):
        folder = sounds.with_name(name)
        shutil.copytree(model, folder)
        options = ("-o", folder / "personal.safetensors", "--weight", share, "--model", model)
        run("learn", sounds, *options)
    one, other = (("--model", sounds.with_name(name)) for name in ("one", "other"))
    options = ("--inpainter", "personal", "--strokes-out", edit, *one)
    run("blur", sound, "-o", sounds.with_name("a.wav"), *options)

    refused = run("replay", edit, sound, "-o", sounds.with_name("b.wav"), *other, code=1)
    run("replay", edit, sound, "-o", sounds.with_name("b.wav"), *one)

    assert "the strokes were painted with personal" in refused.stderr
    same = (sounds.with_name(name).read_bytes() for name in ("a.wav", "b.wav"))
    assert len(set(same)) == 1


def test_a_wav_goes_through_a_pipe(run: Run, model: Path, sound: Path) -> None:
    out = sound.with_name("out.wav")
    options = ["--seed", 1, "--model", model]

    result = run("blur", "-", "-o", "-", *options, stdin=sound.read_bytes())
    run("blur", sound, "-o", out, *options)

    assert result.stdout_bytes == out.read_bytes()
    assert soundfile.info(io.BytesIO(result.stdout_bytes)).subtype == "PCM_24"


def test_a_folder_keeps_its_subtree(run: Run, model: Path, sounds: Path) -> None:
    out = sounds.with_name("out")

    run("blur", sounds, "-o", out, "--seed", 1, "--model", model)

    names = sorted(p.relative_to(out).as_posix() for p in out.rglob("*") if p.is_file())
    assert names == ["a.wav", "sub/b.flac"]
    run("blur", sounds, "-o", out, "--model", model, code=1)
    run("blur", sounds, "-o", out, "--model", model, "--force")


def test_one_bad_file_does_not_stop_the_others(run: Run, model: Path, sounds: Path) -> None:
    (sounds / "bad.wav").write_bytes(b"no sound")
    out = sounds.with_name("out")

    result = run("blur", sounds, "-o", out, "--model", model, code=1)

    assert "bad.wav cannot be read" in result.stderr
    assert "Error: 1 of 3 files could not be done" in result.stderr
    assert (out / "a.wav").exists() and (out / "sub" / "b.flac").exists()


def test_an_mp3_becomes_a_wav(run: Run, model: Path, sound: Path) -> None:
    mp3, out = sound.with_name("in.mp3"), sound.with_name("out.wav")
    samples, rate = soundfile.read(sound, always_2d=True)
    soundfile.write(mp3, samples, rate)

    result = run("blur", mp3, "-o", out, "--model", model)
    lossy = run("blur", mp3, "-o", sound.with_name("again.mp3"), "--model", model)

    assert soundfile.info(out).subtype == "FLOAT"  # MP3 decodes to floats beyond full scale
    warning = "MP3, OGG and Opus change a little of the whole sound"
    assert warning in lossy.stderr and warning not in result.stderr


@pytest.mark.parametrize(
    "options",
    [
        ("--strokes-out", "in.wav"),
        ("--strokes-out", "out.wav"),
        ("--strokes-out", "edit.json", "--record", "edit.json"),
    ],
)
def test_what_is_written_beside_a_sound_never_falls_on_it(
    run: Run, model: Path, sound: Path, options: tuple[str, ...]
) -> None:
    words = [sound.parent / word if "." in word else word for word in options]
    before, out = sound.read_bytes(), sound.with_name("out.wav")

    result = run("blur", sound, "-o", out, *words, "--force", "--model", model, code=1)

    assert "stands twice in this command" in result.stderr
    assert sound.read_bytes() == before and not out.exists()


def test_the_record_of_a_replay_never_falls_on_the_edit(
    run: Run, model: Path, sound: Path
) -> None:
    edit, out = sound.with_name("edit.json"), sound.with_name("out.wav")
    options = ("--model", model, "--force")
    run("blur", sound, "-o", out, "--strokes-out", edit, *options)
    before, _ = edit.read_bytes(), out.unlink()

    result = run("replay", edit, sound, "-o", out, "--record", edit, *options, code=1)

    assert "edit.json stands twice in this command" in result.stderr
    assert edit.read_bytes() == before and not out.exists()


def test_what_fails_leaves_no_empty_folders(run: Run, model: Path, tmp_path: Path) -> None:
    (tmp_path / "in" / "deep").mkdir(parents=True)
    (tmp_path / "in" / "deep" / "bad.wav").write_bytes(b"no sound")

    run("blur", tmp_path / "in", "-o", tmp_path / "new" / "out", "--model", model, code=1)

    assert [path.name for path in tmp_path.iterdir()] == ["in"]


def test_a_sound_can_replace_itself(run: Run, model: Path, sound: Path) -> None:
    before = sound.read_bytes()

    run("blur", sound, "-o", sound, "--model", model, code=1)
    assert sound.read_bytes() == before
    run("blur", sound, "-o", sound, "--seed", 1, "--model", model, "--force")
    assert sound.read_bytes() != before


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["missing.wav", "-o", "out.wav"], "missing.wav: No such file"),
        (["in.wav", "-o", "out.xyz"], "cannot tell the kind of sound"),
        (["in.wav", "-o", "no/out.wav"], "the folder no does not exist"),
        (["in.wav", "-o", "in.wav"], "in.wav exists"),
        (["in.wav", "-o", "."], ". is a folder"),
        ([".", "-o", "in.wav"], "so OUT must be a folder too"),
        (["in.wav", "-o", "out.wav", "--seconds", 5, 6], "paint inside the sound"),
        (["in.wav", "-o", "out.wav", "--strength", 2], "strength must lie in 0 to 1, got 2"),
        (["in.wav", "-o", "out.wav", "--strength", "nan"], "strength must lie in 0 to 1"),
        (["in.wav", "-o", "out.wav", "--inpainter", "x"], "inpainter must be one of"),
        (["in.wav", "-o", "out.wav", "--model", "none"], "none"),
        (["in.wav", "-o", "out.wav", "--device", "cuda"], "device cuda is not there"),
    ],
    ids=lambda value: " ".join(map(str, value[2:])) if isinstance(value, list) else "",
)
def test_refusals_are_one_line_and_leave_nothing(
    run: Run,
    model: Path,
    sound: Path,
    monkeypatch: pytest.MonkeyPatch,
    arguments: list[Any],
    message: str,
) -> None:
    monkeypatch.chdir(sound.parent)
    extra = [] if "--model" in arguments else ["--model", model]

    result = run("blur", *arguments, "--seed", 1, *extra, code=1)

    lines = [line for line in result.stderr.splitlines() if line != "seed 1"]
    assert len(lines) == 1
    assert lines[0].startswith("Error: ")
    assert message in lines[0]
    assert [path.name for path in Path.cwd().iterdir()] == ["in.wav"]


@pytest.mark.parametrize(
    "options", [["--gain", -120], ["--fade", "out"], ["--copy-from", 0], ["--gain", 6]]
)
def test_other_actions_are_saved_and_replayed(
    run: Run, model: Path, sound: Path, options: list[Any]
) -> None:
    out, again, edit = (sound.with_name(name) for name in ("a.wav", "b.wav", "edit.json"))
    span = ["--seconds", 0.2, 0.4, "--model", model]
    run("blur", sound, "-o", out, *span, *options, "--strokes-out", edit)
    run("replay", edit, sound, "-o", again, "--model", model)
    before, painted = (soundfile.read(path, dtype="int32")[0] for path in (sound, out))
    assert np.array_equal(painted, soundfile.read(again, dtype="int32")[0])
    assert not np.array_equal(before, painted)


def test_one_stroke_does_one_thing(run: Run, model: Path, sound: Path) -> None:
    out = sound.with_name("out.wav")
    options = ["--gain", 3, "--fade", "in", "--model", model]
    result = run("blur", sound, "-o", out, *options, code=1)
    assert "a stroke does one thing" in result.stderr
    assert not out.exists()


def test_a_program_in_a_saved_edit_runs_only_when_allowed(
    run: Run, model: Path, sound: Path
) -> None:
    out, again, edit = (sound.with_name(name) for name in ("a.wav", "b.wav", "edit.json"))
    script = sound.with_name("program.py")
    script.write_text(
        "import sys, soundfile\n"
        "samples, rate = soundfile.read(sys.argv[1], dtype='float32')\n"
        "soundfile.write(sys.argv[2], -samples, rate, subtype='FLOAT')\n"
    )
    command = f"{sys.executable} '{script}' {{in}} {{out}}"
    run("blur", sound, "-o", out, "--process", command, "--strokes-out", edit, "--model", model)

    result = run("replay", edit, sound, "-o", again, "--model", model, code=1)
    assert "if you trust it, allow commands (--allow-commands)" in result.stderr
    assert not again.exists()

    run("replay", edit, sound, "-o", again, "--allow-commands", "--model", model)
    assert out.read_bytes() == again.read_bytes()


def test_a_mask_bounds_a_stroke_and_is_saved_with_it(
    run: Run, model: Path, sound: Path
) -> None:
    mask, edit = sound.with_name("mask.npz"), sound.with_name("edit.json")
    np.savez(mask, np.array([[1, 0], [1, 0]]))  # the first half of the box
    outs = [sound.with_name(name) for name in ("a.wav", "b.wav")]
    box = ["--seconds", 0.2, 0.6, "--hertz", 0, 4000, "--mask", mask, "--gain", -120]
    run("blur", sound, "-o", outs[0], *box, "--strokes-out", edit, "--model", model)
    mask.unlink()
    run("replay", edit, sound, "-o", outs[1], "--model", model)
    assert outs[0].read_bytes() == outs[1].read_bytes()
    before, rate = soundfile.read(sound)
    after, _ = soundfile.read(outs[0])
    halves = [slice(int(a * rate), int(b * rate)) for a, b in ((0.25, 0.35), (0.46, 0.6))]
    assert np.abs(after[halves[0]]).sum() < 0.7 * np.abs(before[halves[0]]).sum()
    np.testing.assert_allclose(after[halves[1]], before[halves[1]], atol=1e-3)


def test_a_mask_needs_a_box(run: Run, model: Path, sound: Path) -> None:
    options = ["-o", sound.with_name("out.wav"), "--mask", "m.png", "--model", model]
    result = run("blur", sound, *options, code=1)
    assert "give --seconds and --hertz too" in result.stderr
