"""``timbrush encode``, ``decode`` and ``info``."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from timbrush.codec import codes as codes_file

Run = Callable[..., Any]


def test_a_sound_comes_back_from_its_codes_as_the_library_decodes_it(
    run: Run, model: Path, sound: Path
) -> None:
    from timbrush.effect.model import load

    codes, out = sound.with_name("x.codes"), sound.with_name("out.wav")
    run("encode", sound, "-o", codes, "--model", model)
    run("decode", codes, "-o", out, "--model", model)

    wanted = load(model).decode(codes_file.read(codes)).clip(-1, 1).T
    info = soundfile.info(out)
    assert (info.samplerate, info.channels, info.frames) == (11025, 2, 11025)
    assert np.abs(soundfile.read(out, dtype="float32")[0] - wanted).max() <= 2**-15


def test_folders_keep_their_subtree_both_ways(run: Run, model: Path, sounds: Path) -> None:
    codes, out = sounds.with_name("codes"), sounds.with_name("out")

    run("encode", sounds, "-o", codes, "--model", model)
    run("decode", codes, "-o", out, "--model", model)

    assert sorted(p.relative_to(codes).as_posix() for p in codes.rglob("*.*")) == [
        "a.codes",
        "sub/b.codes",
    ]
    assert sorted(p.relative_to(out).as_posix() for p in out.rglob("*.*")) == [
        "a.wav",
        "sub/b.wav",
    ]


def test_two_sounds_that_would_share_a_name_are_refused(
    run: Run, model: Path, sounds: Path
) -> None:
    soundfile.write(sounds / "a.flac", np.zeros(100), 8000)

    result = run("encode", sounds, "-o", sounds.with_name("codes"), "--model", model, code=1)

    assert "would both become" in result.stderr
    assert not sounds.with_name("codes").exists()


def test_codes_of_another_model_and_damaged_codes_are_refused(
    run: Run, model: Path, sound: Path
) -> None:
    codes, out = sound.with_name("x.codes"), sound.with_name("out.wav")
    run("encode", sound, "-o", codes, "--model", model)
    data = bytearray(codes.read_bytes())
    data[-1] ^= 1
    sound.with_name("bad.codes").write_bytes(data)
    parts = vars(codes_file.read(codes)) | {"fingerprint": "f" * 16}
    codes_file.write(sound.with_name("other.codes"), codes_file.Codes(**parts))

    for name, message in [("bad", "damaged or cut short"), ("other", "made by model ffff")]:
        path = sound.with_name(f"{name}.codes")
        result = run("decode", path, "-o", out, "--model", model, code=1)
        assert message in result.stderr
    assert not out.exists()


def test_codes_go_through_pipes(run: Run, model: Path, sound: Path) -> None:
    codes, out = sound.with_name("x.codes"), sound.with_name("out.wav")
    run("encode", sound, "-o", codes, "--model", model)
    piped = run("encode", "-", "-o", "-", "--model", model, stdin=sound.read_bytes())
    assert piped.stdout_bytes == codes.read_bytes()

    run("decode", codes, "-o", out, "--model", model)
    again = sound.with_name("again.wav")
    run("decode", "-", "-o", again, "--model", model, stdin=piped.stdout_bytes)
    assert again.read_bytes() == out.read_bytes()
    refused = run("decode", "-", "-o", sound.with_name("no.wav"), "--model", model, code=1)
    assert "no codes file" in refused.stderr


@pytest.mark.parametrize(
    ("name", "subtype"),
    [("out.wav", "FLOAT"), ("out.aiff", "FLOAT"), ("out.flac", "PCM_24")],
)
def test_codes_of_a_sound_beyond_full_scale_are_cut_off_only_where_it_is_said(
    run: Run, model: Path, sound: Path, name: str, subtype: str
) -> None:
    samples, rate = soundfile.read(sound)
    codes, out = sound.with_name("x.codes"), sound.with_name(name)
    soundfile.write(sound, 1e4 * samples, rate, subtype="FLOAT")  # an untrained model is soft
    run("encode", sound, "-o", codes, "--model", model)

    result = run("decode", codes, "-o", out, "--model", model)

    assert soundfile.info(out).subtype == subtype
    assert (np.abs(soundfile.read(out)[0]).max() > 1) == (subtype == "FLOAT")
    assert ("out.flac cuts off what is louder" in result.stderr) == (subtype == "PCM_24")


def test_info_tells_what_a_sound_codes_and_a_model_hold(
    run: Run, model: Path, sound: Path
) -> None:
    codes = sound.with_name("x.codes")
    run("encode", sound, "-o", codes, "--model", model)

    of_sound, of_codes, of_model, of_rung = (
        json.loads(run("info", path, "--json").stdout)
        for path in (sound, codes, model, model / "naive-bayes.safetensors")
    )

    assert (of_sound["kind"], of_sound["sample_rate"]) == ("sound", 11025)
    assert (of_sound["channels"], of_sound["seconds"]) == (2, 1.0)
    # 8000 samples are 32 coarse columns of 4 frames of 64 samples, twice over
    assert of_codes["codemaps"] == [[3, 16], [6, 32]]
    assert of_codes["bits_per_second_without_header"] == 2 * 3 * (3 * 16 + 6 * 32)
    assert of_codes["bits_per_second"] == 8 * codes.stat().st_size
    assert of_codes["model"] == of_model["fingerprint"] == of_rung["codec"]
    assert of_model["inpainters"] == ["naive-bayes"]
    assert of_model["bits_per_second"] == pytest.approx(3 * (3 / 0.064 + 6 / 0.032), abs=0.1)
    assert "sample rate" in run("info", codes).stdout


def test_info_tells_what_strokes_and_extracted_codemaps_hold(
    run: Run, model: Path, sounds: Path
) -> None:
    strokes, codemaps = sounds.with_name("edit.json"), sounds.with_name("c.safetensors")
    options = ("--model", model, "--seed", 5, "--strength", 0.5, "--strokes-out", strokes)
    run("blur", sounds / "a.wav", "-o", sounds.with_name("b.wav"), *options)
    run("extract", sounds, "-o", codemaps, "--model", model)

    of_strokes, of_codemaps, of_model = (
        json.loads(run("info", path, "--json").stdout) for path in (strokes, codemaps, model)
    )

    assert (of_strokes["kind"], of_strokes["strokes"]) == ("strokes", 1)
    assert (of_strokes["seeds"], of_strokes["strengths"]) == ([5], [0.5])
    assert (of_codemaps["kind"], of_codemaps["sounds"]) == ("codemaps", 2)
    # 0.3 s at 8000 Hz are 2400 samples: 5 coarse columns of 2 · 4 frames of 64 samples a sound
    assert of_codemaps["codemaps"] == [[3, 10], [6, 20]]
    assert of_codemaps["columns_of_a_sound"] == [5]
    assert of_strokes["model"] == of_codemaps["model"] == of_model["fingerprint"]


@pytest.mark.parametrize(
    "header",
    ['{"format": 1, "kind": ["vqvae2"], "config": {}, "extra": {}}', "[" * 100_000],
    ids=["unhashable", "deep"],
)
def test_info_refuses_a_forged_header_in_one_line(
    run: Run, tmp_path: Path, header: str
) -> None:
    text = json.dumps({"__metadata__": {"timbrush": header}}).encode()
    (tmp_path / "x").write_bytes(len(text).to_bytes(8, "little") + text)

    result = run("info", tmp_path / "x", code=1)

    assert "is not a timbrush model" in result.stderr
    assert len(result.stderr.splitlines()) == 1


def test_info_refuses_a_codec_whose_spectrogram_is_none_in_one_line(
    run: Run, model: Path, tmp_path: Path
) -> None:
    from timbrush.checkpoints import load_codec, save_codec

    codec, _ = load_codec(model / "codec.safetensors")
    save_codec(tmp_path / "x.safetensors", codec, extra={"spectrogram": 3})

    result = run("info", tmp_path / "x.safetensors", code=1)

    assert "says nothing of its spectrogram" in result.stderr
    assert len(result.stderr.splitlines()) == 1


def test_info_takes_no_title_of_an_mp3_for_a_model(run: Run, tmp_path: Path) -> None:
    soundfile.write(tmp_path / "x.mp3", np.zeros(8000), 8000)
    title = b"ID3\x04\0\0" + bytes([0, 0, ord("{"), 0]) + bytes(ord("{") << 7)
    (tmp_path / "x.mp3").write_bytes(title + (tmp_path / "x.mp3").read_bytes())

    facts = json.loads(run("info", tmp_path / "x.mp3", "--json").stdout)

    assert (facts["kind"], facts["format"]) == ("sound", "MP3 MPEG_LAYER_III")


def test_info_refuses_what_it_does_not_know(run: Run, tmp_path: Path) -> None:
    (tmp_path / "x").write_text("nothing of ours")
    (tmp_path / "y").write_bytes((10).to_bytes(8, "little") + b"{}        ")
    (tmp_path / "z").write_text('{"format": "of another program"}')

    for name in ("x", "y", "z", "missing"):
        result = run("info", tmp_path / name, code=1)
        assert result.stderr.startswith("Error: ")
        assert len(result.stderr.splitlines()) == 1
