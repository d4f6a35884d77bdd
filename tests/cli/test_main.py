"""What every command promises: an instant help with an example, and errors in one line."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from timbrush.cli import main, start
from timbrush.cli.main import app

Run = Callable[..., Any]
HELD = ("torch", "numpy", "scipy", "soundfile", "matplotlib", "fastapi", "rich.progress")


def leaves() -> list[list[str]]:
    """Every command's words, groups taken apart."""
    found = [[command.name] for command in app.registered_commands]
    for group in app.registered_groups:
        for command in group.typer_instance.registered_commands:
            name = command.name or command.callback.__name__.replace("_", "-")
            found.append([group.name, name])
    return found


def test_the_promised_commands_are_there() -> None:
    names = {words[0] for words in leaves()}

    assert names >= {"demo", "blur", "encode", "decode", "replay", "train", "extract"}
    assert names >= {"download", "info", "learn", "serve"}


def test_the_list_of_commands_is_in_groups_and_cuts_no_line_off(run: Run) -> None:
    text = run("--help").stdout

    assert "..." not in text.split("\n", 1)[1]
    order = [text.index(f"\n{group}:\n") for group in ("Paint", "Codes", "Train", "Look")]
    assert order == sorted(order)
    listed = " ".join(text.split())
    for words in leaves():
        sentence = run(*words, "--help").stdout.split("\n\n")[1]
        assert " ".join(sentence.split()) in listed


@pytest.mark.parametrize("words", leaves(), ids=" ".join)
def test_help_is_an_imperative_line_and_an_example(run: Run, words: list[str]) -> None:
    text = run(*words, "--help").stdout

    sentence = text.split("\n\n")[1].strip()
    assert sentence[0].isupper() and sentence.endswith(".")
    assert f"timbrush {' '.join(words)}" in text.split("Example:")[1].split("\n\n")[0]


def test_help_is_instant_for_it_loads_nothing_heavy() -> None:
    script = (
        "import sys;"
        "from timbrush.cli.main import app; import typer;"
        "code = 0\n"
        "try: app(['--help'])\n"
        "except SystemExit as end: code = end.code\n"
        f"held = [name for name in {HELD!r} if name in sys.modules]\n"
        "print(code, held)"
    )

    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)

    assert done.stdout.splitlines()[-1] == "0 []", done.stderr
    assert "Usage: " in done.stdout


def test_a_help_that_nobody_can_take_is_one_line() -> None:
    script = "from timbrush.cli.main import main; main()"
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-c", script, "--help"], stdout=full, stderr=subprocess.PIPE
        )

    assert (done.returncode, done.stderr) == (1, b"Error: No space left on device\n")


def test_names_that_are_not_utf_8_are_printed() -> None:
    script = (
        "import typer; from timbrush.cli import main;"
        "main.app = lambda: typer.echo('caf\\udce9.wav'); main.main()"
    )
    strict = {**os.environ, "PYTHONIOENCODING": "utf-8:strict"}

    done = subprocess.run([sys.executable, "-c", script], env=strict, capture_output=True)

    assert done.stdout == b"caf\\udce9.wav\n", done.stderr


def test_remarks_without_a_stderr_never_fall_among_the_data() -> None:
    script = (
        "import sys; sys.stderr = None;"
        "from timbrush.cli import costs, main;"
        "main.app = lambda: costs.remark('seed 1'); main.main()"
    )

    done = subprocess.run([sys.executable, "-c", script], stdout=subprocess.PIPE)

    assert (done.returncode, done.stdout) == (0, b"")


def test_a_wrong_command_line_is_one_line(run: Run) -> None:
    for arguments in (
        ["blub"],
        ["--blub"],
        ["blur"],
        ["blur", "--seed", "x"],
        ["blur", "a", "-o"],
    ):
        result = run(*arguments, code=2)
        assert len(result.stderr.splitlines()) == 1
        assert result.stderr.startswith("Error: ")
        assert "--help`" in result.stderr


@pytest.mark.parametrize(
    ("error", "line", "code"),
    [
        (KeyboardInterrupt(), "Error: interrupted; nothing was left half-written", 130),
        (MemoryError(), "Error: not enough memory", 1),
        (
            RuntimeError(
                "[enforce fail at alloc_cpu.cpp:117] err == 0. DefaultCPUAllocator: can't "
                "allocate memory: you tried to allocate 4611686018427387904 bytes."
            ),
            "Error: not enough memory",
            1,
        ),
        (
            PermissionError(13, "Permission denied", "x.wav"),
            "Error: x.wav: Permission denied",
            1,
        ),
    ],
)
def test_what_the_world_does_is_one_line(
    run: Run, monkeypatch: pytest.MonkeyPatch, error: BaseException, line: str, code: int
) -> None:
    def fail(path: Path) -> None:
        raise error

    monkeypatch.setattr("timbrush.cli.facts.describe", fail)

    assert run("info", "x", code=code).stderr.startswith(line)


def test_a_bug_is_not_made_up_as_a_refusal(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(path: Path) -> None:
        raise RuntimeError("The size of tensor a (3) must match the size of tensor b (4)")

    monkeypatch.setattr("timbrush.cli.facts.describe", fail)

    with pytest.raises(RuntimeError, match="must match the size"):
        run("info", "x")


def test_torch_without_memory_is_told_from_its_other_errors() -> None:
    import torch

    from timbrush.errors import is_out_of_memory

    with pytest.raises(RuntimeError) as caught:
        torch.empty(2**60)
    assert is_out_of_memory(caught.value)
    with pytest.raises(RuntimeError) as other:
        torch.zeros(3) @ torch.zeros(4)
    assert not is_out_of_memory(other.value)


def test_an_interruption_while_the_commands_load_is_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupted() -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(main, "main", interrupted)
    with pytest.raises(SystemExit) as ended:
        start.main()
    assert ended.value.code == 130
    assert capsys.readouterr().err == "Error: interrupted; nothing was left half-written\n"


def test_the_version_is_told(run: Run) -> None:
    import timbrush

    assert run("--version").stdout == f"timbrush {timbrush.__version__}\n"


def test_threads_spin_a_little_unless_somebody_wants_otherwise(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(main, "app", lambda: None)
    monkeypatch.setenv("OMP_WAIT_POLICY", "ACTIVE")
    monkeypatch.delenv("GOMP_SPINCOUNT", raising=False)
    main.main()
    assert "GOMP_SPINCOUNT" not in os.environ
    monkeypatch.delenv("OMP_WAIT_POLICY")
    monkeypatch.setenv("GOMP_SPINCOUNT", "7")
    main.main()
    assert os.environ["GOMP_SPINCOUNT"] == "7"
    monkeypatch.delenv("GOMP_SPINCOUNT")
    main.main()
    assert int(os.environ["GOMP_SPINCOUNT"]) > 0


@pytest.mark.parametrize(
    "arguments",
    [
        ("blur", "loop.wav", "-o", "out.wav"),
        ("blur", "{sound}", "-o", "loop.wav", "--force"),
        ("blur", "{sound}", "-o", "out.wav", "--strokes-out", "loop.wav"),
        ("replay", "loop.wav", "{sound}", "-o", "out.wav"),
        ("encode", "loop.wav", "-o", "out.codes"),
        ("decode", "loop.wav", "-o", "out.wav"),
        ("blur", "{sound}", "-o", "out.wav", "--model", "loop.wav"),
        ("extract", "loop.wav", "-o", "x.safetensors"),
        ("train", "loop.wav"),
        ("info", "loop.wav"),
    ],
    ids=" ".join,
)
def test_a_link_that_leads_back_to_itself_is_one_plain_line(
    run: Callable[..., Any],
    sound: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    arguments: tuple[str, ...],
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("loop.wav").symlink_to("loop.wav")
    before = sorted(tmp_path.iterdir())

    told = run(*(word.format(sound=sound) for word in arguments), code=1).stderr

    assert [line.startswith("Error: ") for line in told.splitlines()].count(True) == 1
    assert told.splitlines()[-1].startswith("Error: ")
    assert sorted(tmp_path.iterdir()) == before


def test_a_name_that_steers_terminals_is_shown_and_does_not(
    run: Callable[..., Any], tmp_path: Path
) -> None:
    name = "\x1b]0;owned\x07.wav"
    (tmp_path / name).write_bytes(b"no sound")
    for command in (["info"], ["blur", "-o", tmp_path / "out.wav"]):
        told = run(command[0], tmp_path / name, *command[1:], code=1)
        assert not set("\x1b\x07") & set(told.stdout + told.stderr)
        assert "\\x1b]0;owned\\x07.wav" in told.stderr
