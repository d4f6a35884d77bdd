"""Export of the sound or a part of it as other kinds of files; keys and MIDI notes."""

import io

import numpy as np
import pytest
import soundfile

from .browser import Page, download, drag, heard, until
from .conftest import STROKE, Client, samples_of, wav


@pytest.mark.parametrize(
    ("query", "subtype", "tolerance"),
    [
        ("wav?subtype=PCM_24", "PCM_24", 2**-23),
        ("wav?subtype=FLOAT", "FLOAT", 0),
        ("flac?subtype=FLOAT", "PCM_24", 2**-23),
        ("ogg", "VORBIS", 0.1),
        ("mp3", "MPEG_LAYER_III", 0.1),
    ],
)
def test_a_part_is_exported_as_it_is_asked_for(
    client: Client, query: str, subtype: str, tolerance: float
) -> None:
    session, _, _ = client.open(wav())
    client.paint(session, STROKE)
    edited = samples_of(client.download(session))[0]
    both = "&" if "?" in query else "?"
    answer = client.get(f"/api/sessions/{session}/export.{query}{both}start=0.5&stop=1.25")
    assert answer.status_code == 200, answer.text
    file = io.BytesIO(answer.content)
    assert soundfile.info(file).subtype == subtype
    file.seek(0)
    part, rate = soundfile.read(file)
    assert rate == 16_000
    assert abs(len(part) - 12_000) <= (0 if tolerance < 0.1 else 2500)  # MP3 pads
    if tolerance < 0.1:
        np.testing.assert_allclose(part, edited[8000:20_000], atol=tolerance + 2**-15)


@pytest.mark.parametrize(
    ("query", "words"),
    [("wav?start=1&stop=1", "starts before it ends"), ("wav?start=9", "within 0 to 2.000 s")],
)
def test_an_empty_part_is_refused_in_one_line(client: Client, query: str, words: str) -> None:
    session, _, _ = client.open(wav())
    answer = client.get(f"/api/sessions/{session}/export.{query}")
    assert answer.status_code == 422 and words in answer.json()["detail"]


def test_the_zones_time_is_exported_from_the_page(page: Page) -> None:
    page.uncheck("#on-release")
    drag(page, (0.25, 0.3), (0.75, 0.7))
    page.click("#export")
    page.select_option("#export-subtype", "FLOAT")
    page.check("#export-zone")
    samples, _ = soundfile.read(io.BytesIO(download(page, "#export-save")), dtype="float32")
    seconds = page.evaluate("timbrush.zone.bounds.seconds")
    first, last = (round(second * 16_000) for second in seconds)
    np.testing.assert_array_equal(samples, heard(page)[0, first:last])


def test_a_midi_note_becomes_the_pitch(page: Page) -> None:
    page.evaluate(
        """() => {
            window.keyboard = {};
            navigator.requestMIDIAccess = async () => ({ inputs: new Map([[1, keyboard]]) });
            document.getElementById('midi').click();
        }"""
    )
    until(page, "Boolean(keyboard.onmidimessage)")
    for message in ([0x90, 64, 0], [0x80, 65, 9], [0x91, 61, 80]):
        page.evaluate("(data) => keyboard.onmidimessage({ data })", message)
    assert page.evaluate("timbrush.settings.values.pitch") == 61
    page.evaluate("timbrush.settings.set({ pitch: null })")
