"""Files of other programs, edited in place: as an external editor is called by a DAW."""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
import uvicorn

from timbrush.errors import OutputError, SoundError
from timbrush.web.app import create_app
from timbrush.web.documents import Documents

from .browser import until
from .conftest import STROKE, Client, wav

QUIET = {**STROKE, "action": {"action": "gain", "decibels": -12}}
INSIDE = (0.5, 1.0)
"""Seconds of the zone of ``STROKE``."""


def chunk(name: bytes, content: bytes) -> bytes:
    return name + len(content).to_bytes(4, "little") + content + b"\0" * (len(content) % 2)


@pytest.fixture
def take(tmp_path: Path) -> Path:
    """A stereo recording of 24 bits with a chunk that no other program may lose."""
    noise = 0.1 * np.random.default_rng(0).standard_normal((88_200, 2))
    path = tmp_path / "take.wav"
    soundfile.write(path, noise, 44_100, subtype="PCM_24")
    content = path.read_bytes() + chunk(b"acid", bytes(range(24)))
    path.write_bytes(content[:4] + (len(content) - 8).to_bytes(4, "little") + content[8:])
    return path


@pytest.fixture
def opened(effect: Any, take: Path) -> Iterator[tuple[Client, Documents, str, str]]:
    """A client that has opened a document: client, documents, its key and its session."""
    documents = Documents([take])
    key = documents.keys[0]
    with Client(create_app(effect, documents=documents)) as client:
        assert client.get(f"/api/documents/{key}").json() == {"name": "take.wav"}
        content = client.get(f"/api/documents/{key}/sound").content
        assert content == take.read_bytes()
        session, _, _ = client.open(content)
        yield client, documents, key, session


def save(client: Client, session: str, key: str, *, replace: bool = False) -> Any:
    query = {"key": key, "replace": str(replace).lower()}
    return client.put(f"/api/sessions/{session}/document", params=query)


def test_a_file_is_saved_in_place_with_all_that_it_carries(opened, take: Path) -> None:
    client, _, key, session = opened
    before, original = take.read_bytes(), soundfile.read(take, dtype="int32")[0]
    client.paint(session, QUIET)
    answer = save(client, session, key)
    assert answer.status_code == 200, answer.text

    backup = take.with_name("take.before-timbrush.wav")
    assert backup.read_bytes() == before
    assert f"the file as it was lies in {backup.name}" in answer.json()["remarks"]
    after = soundfile.read(take, dtype="int32")[0]
    info = soundfile.info(take)
    assert (info.samplerate, info.channels, info.subtype) == (44_100, 2, "PCM_24")
    assert chunk(b"acid", bytes(range(24))) in take.read_bytes()
    first, last = (round(second * 44_100) for second in INSIDE)
    assert np.array_equal(after[:first], original[:first])
    assert np.array_equal(after[last:], original[last:])
    assert not np.array_equal(after[first:last], original[first:last])
    assert sorted(path.name for path in take.parent.iterdir()) == [backup.name, take.name]


def test_one_backup_a_session_holds_the_file_as_it_was_opened(opened, take: Path) -> None:
    client, _, key, session = opened
    before = take.read_bytes()
    for _ in range(3):
        client.paint(session, QUIET)
        assert save(client, session, key).status_code == 200
    backups = [path for path in take.parent.iterdir() if path != take]
    assert [path.read_bytes() for path in backups] == [before]


def test_an_older_backup_is_never_replaced(opened, take: Path) -> None:
    client, _, key, session = opened
    older = take.with_name("take.before-timbrush.wav")
    older.write_bytes(b"an older one")
    client.paint(session, QUIET)
    save(client, session, key)
    assert older.read_bytes() == b"an older one"
    assert take.with_name("take.before-timbrush-2.wav").exists()


def test_what_another_program_wrote_meanwhile_is_not_replaced_unasked(
    opened, take: Path
) -> None:
    client, _, key, session = opened
    client.paint(session, QUIET)
    soundfile.write(take, np.zeros(100), 8000)
    other = take.read_bytes()
    answer = save(client, session, key)
    assert answer.status_code == 409
    assert "changed by another program" in answer.json()["detail"]
    assert take.read_bytes() == other
    assert save(client, session, key, replace=True).status_code == 200
    assert soundfile.info(take).samplerate == 44_100


def test_only_files_that_were_named_can_be_read_or_written(opened, take: Path) -> None:
    client, _, _, session = opened
    for path in ("documents/x", "documents/x/sound", f"documents/{take.name}"):
        assert client.get(f"/api/{path}").status_code == 404
    assert save(client, session, "x").status_code == 404
    with Client(client.app) as other:
        headers = {"origin": "http://elsewhere.example"}
        answer = other.put(f"/api/sessions/{session}/document?key=x", headers=headers)
        assert answer.status_code == 403


def test_documents_are_done_when_every_page_was_closed(effect: Any, take: Path) -> None:
    second = take.with_name("second.wav")
    second.write_bytes(wav())
    documents = Documents([take, second])
    with Client(create_app(effect, documents=documents)) as client:
        one, two = documents.keys
        assert not documents.are_done
        client.get(f"/api/documents/{one}")
        client.post(f"/api/documents/{one}/closed")
        assert not documents.are_done  # the other page has not opened yet
        client.get(f"/api/documents/{two}")
        assert not documents.are_done
        client.post(f"/api/documents/{two}/closed")
        assert documents.are_done
        client.get(f"/api/documents/{one}")  # loaded anew
        assert not documents.are_done


@pytest.mark.parametrize(
    ("name", "error"), [("none.wav", SoundError), (".", SoundError), ("a.txt", OutputError)]
)
def test_what_cannot_be_edited_is_refused_at_once(
    tmp_path: Path, name: str, error: type[Exception]
) -> None:
    (tmp_path / "a.txt").write_text("words")
    with pytest.raises(error):
        Documents([tmp_path / name])


KILLED = """
import os, sys, time
from pathlib import Path
from timbrush.audio import files
from timbrush.web.documents import Documents

def wait(number):
    print("writing", flush=True)
    time.sleep(60)

path = Path(sys.argv[1])
documents = Documents([path])
document = documents.find(documents.keys[0])
sound = files.read(document.read())
document.backup = path  # the backup is not what is looked at here
os.fsync = wait
document.save(sound, replace=False)
"""


def test_a_kill_while_saving_leaves_the_file_as_it_was(take: Path) -> None:
    before = take.read_bytes()
    process = subprocess.Popen(
        [sys.executable, "-c", KILLED, str(take)], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "writing\n"
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    process.stdout.close()
    assert take.read_bytes() == before


def test_a_page_edits_a_file_and_saves_it(browser: Any, effect: Any, take: Path) -> None:
    documents = Documents([take])
    listener = socket.create_server(("127.0.0.1", 0))
    application = create_app(effect, documents=documents)
    server = uvicorn.Server(uvicorn.Config(application, log_level="error"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    before = take.read_bytes()
    try:
        with browser.new_context(viewport={"width": 1280, "height": 720}) as context:
            page = context.new_page()
            address = f"http://127.0.0.1:{listener.getsockname()[1]}/"
            page.goto(f"{address}?document={documents.keys[0]}")
            page.wait_for_selector("body[data-ready]")
            assert page.inner_text("#sound-name") == "take.wav"
            stroke = {**QUIET, "zone": [{**QUIET["zone"][0], "mode": "add"}]}
            page.evaluate("stroke => timbrush.studio.paint(stroke)", stroke)
            until(page, "timbrush.studio.entries.length === 1")
            page.keyboard.press("Control+s")
            until(page, "!timbrush.studio.isUnsaved")
            assert take.read_bytes() != before

            page.evaluate("stroke => timbrush.studio.paint(stroke)", stroke)
            until(page, "timbrush.studio.entries.length === 2")
            os.utime(take, ns=(1, 1))  # as if another program had written it
            asked: list[str] = []
            page.once("dialog", lambda dialog: (asked.append(dialog.message), dialog.accept()))
            page.click("#save-back")
            until(page, "!timbrush.studio.isUnsaved")
            assert "Another program changed this file" in asked[0]
            page.close()
            stop = time.monotonic() + 30
            while not documents.are_done:
                assert time.monotonic() < stop
                time.sleep(0.05)
    finally:
        server.should_exit = True
        thread.join()
        listener.close()
