"""``timbrush train``, ``extract``, ``learn`` and ``download``."""

import json
import os
import shlex
import shutil
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from command_line import torchrun

from timbrush.datasets import codemaps, sources
from timbrush.datasets.download import RemoteFile
from timbrush.effect.model import load
from timbrush.errors import DownloadError

Run = Callable[..., Any]


def test_extracted_codemaps_are_those_of_the_codes_files(
    run: Run, model: Path, sounds: Path, tmp_path: Path
) -> None:
    from timbrush.datasets.folder import open_sounds

    out = tmp_path / "codemaps.safetensors"
    result = run("extract", sounds, "-o", out, "--model", model)

    extracted, effect = codemaps.read(out), load(model)
    opened = open_sounds(sounds, sample_rate=8000)
    assert (extracted.names, extracted.fingerprint) == (("a", "sub/b"), effect.fingerprint)
    for index in range(2):
        codes = effect.encode(opened[index].waveform.numpy(), sample_rate=8000)
        for level, codemap in zip(extracted[index].codemaps, codes.codemaps, strict=True):
            assert level.tolist() == codemap.tolist()
    assert "2 sounds" in result.stderr
    run("extract", sounds, "-o", out, "--model", model, code=1)


def test_two_processes_extract_and_learn_what_one_does(
    run: Run, model: Path, sounds: Path, tmp_path: Path
) -> None:
    program = (
        "from timbrush.training.inpainters import extraction; extraction.SHARD_SOUNDS = 2\n"
        "from timbrush.cli.start import main; main()"
    )
    for name in ("c.wav", "d.wav", "e.wav"):
        shutil.copy(sounds / "a.wav", sounds / name)

    for command in ("extract", "learn"):
        alone, shared = (tmp_path / f"{command}-{who}" for who in ("alone", "shared"))
        run(command, sounds, "-o", alone, "--model", model)
        torchrun(
            2, sys.executable, "-c", program, command, sounds, "-o", shared, "--model", model
        )
        assert shared.read_bytes() == alone.read_bytes()

    assert not list(tmp_path.glob("*.shards"))


def test_an_extraction_goes_on_where_it_was_killed(
    model: Path, sounds: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from timbrush.datasets.folder import open_sounds
    from timbrush.training.inpainters import extraction

    monkeypatch.setattr(extraction, "SHARD_SOUNDS", 1)
    effect, opened = load(model), open_sounds(sounds, sample_rate=8000)
    whole, killed = tmp_path / "whole.shards", tmp_path / "killed.shards"
    at_once = extraction.extract(effect, opened, whole)
    read: list[int] = []

    def kill(done: int, total: int) -> None:
        read.append(done)
        if done == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        extraction.extract(effect, opened, killed, progress=kill)
    resumed = extraction.extract(effect, opened, killed, progress=lambda *n: read.append(n[0]))

    assert read == [1, 2, 1], "the first sound is not encoded again"
    assert at_once is not None and resumed is not None
    codemaps.write(tmp_path / "a", at_once)
    codemaps.write(tmp_path / "b", resumed)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()
    assert not killed.exists()


def test_an_extraction_leaves_a_record_of_its_cost(
    run: Run, model: Path, sounds: Path, tmp_path: Path
) -> None:
    out = tmp_path / "codes" / "my codes.safetensors"
    out.parent.mkdir()
    run("extract", sounds, "-o", out, "--model", model)

    record = json.loads((tmp_path / "codes" / "my codes.record.json").read_text())
    assert record["command"] == f"timbrush extract {sounds} -o '{out}' --model {model}"
    assert record["joules"] > 0
    out.unlink()
    refused = run("extract", sounds, "-o", out, "--model", model, code=1)
    assert "my codes.record.json exists" in refused.stderr
    assert not out.exists()


def test_what_was_learned_from_a_folder_paints(
    run: Run, model: Path, sound: Path, sounds: Path
) -> None:
    learned, out = sound.with_name("my.safetensors"), sound.with_name("out.wav")

    result = run("learn", sounds, "-o", learned, "--model", model)

    assert "2 sounds" in result.stderr
    assert json.loads(sound.with_name("my.record.json").read_text())["what"] == "learn"
    facts = json.loads(run("info", learned, "--json").stdout)
    assert facts["kind"] == "personal"
    (model / "personal.safetensors").write_bytes(learned.read_bytes())
    try:
        run("blur", sound, "-o", out, "--inpainter", "personal", "--model", model)
    finally:
        (model / "personal.safetensors").unlink()
    assert out.exists()


def test_a_sound_that_cannot_be_read_is_left_out_of_what_is_learned(
    run: Run, model: Path, sounds: Path
) -> None:
    (sounds / "bad.wav").write_bytes(b"no sound")
    learned, codes = sounds.with_name("my.safetensors"), sounds.with_name("c.safetensors")

    result = run("learn", sounds, "-o", learned, "--model", model)
    run("extract", sounds, "-o", codes, "--model", model)

    assert "left out" in result.stderr and "bad.wav cannot be read" in result.stderr
    assert "2 sounds" in result.stderr
    assert codemaps.read(codes).names == ("a", "sub/b")
    for path in (sounds / "a.wav", *(sounds / "sub").iterdir()):
        path.unlink()
    refused = run("learn", sounds, "-o", sounds.with_name("x.model"), "--model", model, code=1)
    assert "no sound could be read" in refused.stderr


@pytest.mark.parametrize("command", ["extract", "learn"])
@pytest.mark.parametrize("output", [".", "/"])
def test_a_folder_as_output_is_refused_in_one_line(
    run: Run, model: Path, sounds: Path, command: str, output: str
) -> None:
    result = run(command, sounds, "-o", output, "--model", model, code=1)

    assert result.stderr == f"Error: {output} is a folder; name a file in it\n"


def test_a_model_without_counts_cannot_learn(
    run: Run, model: Path, sounds: Path, tmp_path: Path
) -> None:
    codec = model / "codec.safetensors"

    result = run("learn", sounds, "-o", tmp_path / "x", "--model", codec, code=1)

    assert "has no naive-bayes to mix with" in result.stderr


def test_a_run_file_fits_naive_bayes_to_extracted_codemaps(
    run: Run, model: Path, sounds: Path, tmp_path: Path
) -> None:
    codes, path = tmp_path / "codes.safetensors", tmp_path / "run.toml"
    run("extract", sounds, "-o", codes, "--model", model)
    path.write_text(
        f'output = "{tmp_path / "out"}"\n[data]\ntrain = ["{codes}"]\nvalid = "{codes}"\n'
        "[naive_bayes]\nalphas = [0.5]\n"
    )

    first = run("train", path, "--device", "cpu")
    again = run("train", path, "--resume", "--device", "cpu", code=1)

    figures = json.loads(first.stdout)
    assert "seed 0" in first.stderr and " J" in first.stderr
    assert again.stderr.endswith("leave --resume out\n")
    assert 0 < figures["bits"] < 3.5  # 8 codes are 3 bits
    facts = json.loads(
        run("info", tmp_path / "out" / "naive-bayes.safetensors", "--json").stdout
    )
    assert facts["codec"] == json.loads(run("info", model, "--json").stdout)["fingerprint"]


@pytest.mark.parametrize("text", ["x = ", "[data]\nunknown = 1", "[data]", None])
def test_a_run_file_that_does_not_fit_is_one_line(
    run: Run, tmp_path: Path, text: str | None
) -> None:
    path = tmp_path / "run.toml"
    if text is not None:
        path.write_text(text)

    result = run("train", path, code=1)

    assert len(result.stderr.splitlines()) == 1
    assert "run.toml" in result.stderr


def test_a_run_file_comes_through_a_pipe(run: Run, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "run.toml")
    writer = threading.Thread(
        target=(tmp_path / "run.toml").write_text, args=["[data]\nunknown = 1"], daemon=True
    )
    writer.start()

    result = run("train", tmp_path / "run.toml", code=1)  # read twice, it would wait for ever

    assert "lacks" in result.stderr or "unknown settings" in result.stderr
    assert not writer.join(1)


def test_mnist_goes_where_it_is_looked_for(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fetch(file: RemoteFile, folder: Path, **_: object) -> Path:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / file.name).touch()
        return folder / file.name

    monkeypatch.setattr("timbrush.datasets.download.fetch", fetch)

    lines = run("download", "mnist", tmp_path).stdout.splitlines()

    assert lines == [str(tmp_path / "MNIST" / "raw" / file.name) for file in sources.MNIST]


def test_nsynth_is_fetched_and_unpacked_once(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fetched: list[str] = []

    def fetch(file: RemoteFile, folder: Path, **_: object) -> Path:
        fetched.append(file.name)
        (folder / file.name).touch()
        return folder / file.name

    def unpack(archive: Path, target: Path, *, n_notes: int, progress: object) -> None:
        assert n_notes == 4096
        target.mkdir()

    monkeypatch.setattr("timbrush.datasets.download.fetch", fetch)
    monkeypatch.setattr("timbrush.datasets.archives.unpack_nsynth", unpack)

    for _ in range(2):
        result = run("download", "nsynth", tmp_path, "--split", "test")
        assert result.stdout == f"{tmp_path / 'nsynth-test'}\n"

    assert fetched == ["nsynth-test.jsonwav.tar.gz"]
    assert [path.name for path in tmp_path.iterdir()] == ["nsynth-test"]


def test_a_damaged_archive_is_fetched_again(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fetch(file: RemoteFile, folder: Path, **_: object) -> Path:
        (folder / file.name).write_bytes(b"damaged")
        return folder / file.name

    monkeypatch.setattr("timbrush.datasets.download.fetch", fetch)

    result = run("download", "nsynth", tmp_path, "--split", "test", code=1)

    assert "is damaged" in result.stderr and "fetch it again" in result.stderr
    assert list(tmp_path.iterdir()) == [], "or the next call would take the same archive"


def test_what_cannot_be_downloaded_is_refused(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(file: RemoteFile, folder: Path, **_: object) -> Path:
        raise DownloadError("cannot fetch x")

    monkeypatch.setattr("timbrush.datasets.download.fetch", fail)

    for arguments, message in [
        (["cifar"], "the data sets are nsynth and mnist, got 'cifar'"),
        (["nsynth", tmp_path, "--split", "best"], "has the splits train valid test, not best"),
        (["mnist", tmp_path], "cannot fetch x"),
    ]:
        assert message in run("download", *arguments, code=1).stderr


def test_the_cost_of_a_run_is_that_of_all_its_processes() -> None:
    asked = (
        "from timbrush.energy import Reading\n"
        "from timbrush.training.loop.processes import joined, over_all, rank, sounds_seen\n"
        "with joined('cpu'):\n"
        "    whole = over_all(Reading(3.0, 1.0, 'a test', True, 2.0))\n"
        "    if rank() == 0:\n"
        "        print(whole.joules, whole.seconds, whole.cpu_seconds, sounds_seen(5, 8))\n"
    )
    assert torchrun(2, sys.executable, "-c", asked).split() == ["6.0", "1.0", "4.0", "80"]


def test_the_readme_s_recipe_for_sounds_of_one_s_own_ends_in_a_blurred_sound(
    run: Run, sounds: Path, sound: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = Path(__file__).parents[2]
    recipe = (root / "README.md").read_text().split("## Your own sounds")[1].split("```")[1]
    monkeypatch.chdir(tmp_path)
    for folder in ("my-train", "my-valid"):
        shutil.copytree(sounds, folder)
    Path("experiments").mkdir()
    for path in (root / "experiments").glob("own-*.toml"):
        text = path.read_text().replace("n_steps = 2000", "n_steps = 1")
        Path("experiments", path.name).write_text(
            text.replace("batch_size = 8", "batch_size = 1")
        )

    for line in recipe.strip().splitlines():
        program, *words = shlex.split(line, comments=True)
        if program == "timbrush":
            run(*words)
        elif program == "mkdir":
            Path(*words).mkdir()
        else:
            assert program == "cp"
            for file in words[:-1]:
                shutil.copy(file, words[-1])

    assert Path("out.wav").exists()
    made = json.loads(run("info", "my-model/codec.safetensors", "--json").stdout)
    assert made["fingerprint"] != load().fingerprint, "it was trained on"
