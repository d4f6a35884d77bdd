"""A tiny untrained model, a sound, and a client that sends them to the server."""

import io
import socket
import threading
import wave
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
import uvicorn
from fastapi import FastAPI
from fastapi.testclient import TestClient

from timbrush import checkpoints
from timbrush.audio.spectrogram import SpectrogramConfig
from timbrush.codec.quantizer import QuantizerConfig
from timbrush.codec.vqvae2 import VQVAE2, VQVAE2Config
from timbrush.config import to_dict
from timbrush.effect.model import Effect, load
from timbrush.inpainting.counting.naive_bayes import NaiveBayes
from timbrush.web import packets
from timbrush.web.app import create_app
from timbrush.web.limits import Limits
from timbrush.web.notes import Note

from .browser import CHROMIUM, FLAGS, accept, open_sound

ADDRESS = "http://127.0.0.1:8517"
STROKE = {
    "zone": [{"shape": "rectangle", "seconds": [0.5, 1.0], "hertz": [200, 2000]}],
    "seed": 7,
}


@pytest.fixture(scope="session")
def model_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("weights")
    torch.manual_seed(0)
    config = VQVAE2Config(
        n_channels=8,
        n_encoder_blocks=1,
        n_decoder_blocks=1,
        quantizer=QuantizerConfig(codebook_size=16, n_features=4),
    )
    codec = VQVAE2(config).eval()
    extra = {"spectrogram": to_dict(SpectrogramConfig())}
    fingerprint = checkpoints.save_codec(folder / "codec.safetensors", codec, extra=extra)
    shape = codec.shape
    maps = tuple(
        torch.randint(0, 16, (4, rows, 8 * scale))
        for rows, scale in zip(shape.n_rows, shape.columns_per_patch, strict=True)
    )
    rung = NaiveBayes.fit([maps], shape)
    checkpoints.save_inpainter(folder / "naive-bayes.safetensors", rung, codec=fingerprint)
    return folder


@pytest.fixture(scope="session")
def effect(model_folder: Path) -> Effect:
    return load(model_folder, device="cpu")


def wav(
    seconds: float = 2.0, *, sample_rate: int = 16_000, n_channels: int = 1, pitch: float = 220
) -> bytes:
    """A note with partials as a 16-bit WAV, written by the standard library."""
    time = np.arange(round(seconds * sample_rate)) / sample_rate
    channels = [
        sum(np.sin(2 * np.pi * pitch * (c + 1) * k * time) / k for k in range(1, 6)) * 0.2
        for c in range(n_channels)
    ]
    integers = (np.stack(channels, axis=1) * 32767).astype("<i2")
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setnchannels(n_channels)
        file.setsampwidth(2)
        file.setframerate(sample_rate)
        file.writeframes(integers.tobytes())
    return buffer.getvalue()


@pytest.fixture
def make_app(effect: Effect, tmp_path: Path) -> Callable[..., FastAPI]:
    path = tmp_path / "bell.wav"
    path.write_bytes(wav())
    notes = {"bell.wav": Note(name="bell.wav", title="Bell", credit="Nobody", path=path)}

    def make(**limits: float) -> FastAPI:
        return create_app(effect, notes=notes, limits=Limits(**limits))

    return make


@pytest.fixture
def client(make_app: Callable[..., FastAPI]) -> Iterator["Client"]:
    with Client(make_app()) as client:
        yield client


@pytest.fixture(scope="module")
def application(effect: Effect) -> FastAPI:
    return create_app(effect)


@pytest.fixture(scope="module")
def address(application: FastAPI) -> Iterator[str]:
    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(application, log_level="error"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    yield f"http://127.0.0.1:{listener.getsockname()[1]}/"
    server.should_exit = True
    thread.join()
    listener.close()


@pytest.fixture(scope="module")
def browser() -> Iterator[object]:
    sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    if not CHROMIUM.exists():
        pytest.skip(f"there is no browser at {CHROMIUM}")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def tab(browser: object, address: str) -> Iterator[tuple[Any, list[str]]]:
    """A page, and what its console said."""
    said: list[str] = []
    with browser.new_context(viewport={"width": 1280, "height": 720}) as context:
        page = context.new_page()
        page.set_default_timeout(60_000)
        page.on("pageerror", lambda error: said.append(str(error)))
        page.on("console", lambda line: said.append(line.text))
        page.goto(address)
        page.wait_for_selector("body[data-ready]")
        yield page, said


@pytest.fixture
def page(tab: tuple[Any, list[str]]) -> Iterator[Any]:
    """The page with a note just opened; any complaint in its console fails the test."""
    page, said = tab
    page.set_viewport_size({"width": 1280, "height": 720})
    page.on("dialog", accept)  # the strokes of the test before are given up
    open_sound(page, wav())
    page.remove_listener("dialog", accept)
    page.select_option("#doing", "redraw")
    page.select_option("#inpainter", "naive-bayes")
    page.check("#on-release")
    page.keyboard.press("1")
    page.keyboard.press("0")
    yield page
    known = ("Failed to load resource", "willReadFrequently")  # tests read what canvases hold
    complaints = [line for line in said if not any(words in line for words in known)]
    said.clear()
    assert complaints == []


class Client(TestClient):
    """The page's half of the conversation."""

    def __init__(self, app: FastAPI, **options: object) -> None:
        super().__init__(app, base_url=ADDRESS, **options)

    def open(self, sound: bytes) -> tuple[str, dict, dict]:
        answer = self.post("/api/sessions", content=sound, headers=octets())
        assert answer.status_code == 200, answer.text
        return joined(answer.content)

    def paint(self, session: str, stroke: dict) -> tuple[dict, dict]:
        answer = self.post(f"/api/sessions/{session}/strokes", json={"stroke": stroke})
        assert answer.status_code == 200, answer.text
        return packets.decode(answer.content)

    def replace(self, session: str, strokes: list[dict]) -> tuple[dict, dict]:
        answer = self.put(f"/api/sessions/{session}/strokes", json={"strokes": strokes})
        assert answer.status_code == 200, answer.text
        return packets.decode(answer.content)

    def download(self, session: str, kind: str = "wav") -> bytes:
        answer = self.get(f"/api/sessions/{session}/sound.{kind}")
        assert answer.status_code == 200, answer.text
        return answer.content


def joined(content: bytes) -> tuple[str, dict, dict]:
    """What opening a sound sent, piece by piece: the session, the head and the arrays."""
    head: dict = {}
    pieces: dict[str, list[np.ndarray]] = {"samples": [], "columns": []}
    for part, arrays in packets.decode_each(content):
        head = {**part, **head}
        for name, array in arrays.items():
            pieces[name].append(array)
    joins = {"samples": 1, "columns": 0}
    arrays = {name: np.concatenate(pieces[name], axis) for name, axis in joins.items()}
    return head["session"], head, arrays


def octets() -> dict[str, str]:
    return {"content-type": "application/octet-stream"}


def samples_of(wave_bytes: bytes) -> np.ndarray:
    """Samples [channel, time] of a 16-bit WAV, read by the standard library."""
    with wave.open(io.BytesIO(wave_bytes)) as file:
        integers = np.frombuffer(file.readframes(file.getnframes()), "<i2")
        return integers.reshape(-1, file.getnchannels()).T.astype(np.float32) / 32768
