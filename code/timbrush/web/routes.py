"""Define the routes under ``/api/``.

All are plain functions, which FastAPI runs on threads: inference leaves the event loop free.
"""

import asyncio
import io
import itertools
import threading
import zipfile
from collections.abc import AsyncIterator, Iterator
from dataclasses import asdict
from typing import Annotated, Any, Literal

import numpy as np
from fastapi import APIRouter, Depends, HTTPException, Path, Query, Request, Response
from fastapi.responses import FileResponse, StreamingResponse

from timbrush.audio import containers, files
from timbrush.effect.model import Effect
from timbrush.web import packets
from timbrush.web.beginning import Beginning, draw_beginning
from timbrush.web.documents import Documents
from timbrush.web.limits import Limits
from timbrush.web.look import Look, Samples, asked_look
from timbrush.web.model import describe
from timbrush.web.notes import Note
from timbrush.web.opening import Opening, axes
from timbrush.web.picture import Columns, Picture
from timbrush.web.schemas import (
    Detail,
    DocumentInfo,
    ModelInfo,
    NoteInfo,
    PaintBody,
    SavedInfo,
    StrokesBody,
    VariationsBody,
)
from timbrush.web.session import Change, Check
from timbrush.web.sessions import Sessions

DocumentKey = Annotated[str, Path(max_length=64, description="What timbrush edit printed.")]
SessionId = Annotated[str, Path(max_length=64, description="What opening the sound returned.")]


class Packet(Response):
    """A JSON head and arrays; see :mod:`timbrush.web.packets`."""

    media_type = packets.MEDIA_TYPE


REFUSALS: dict[int | str, dict[str, Any]] = {
    status: {"model": Detail, "description": words}
    for status, words in {
        403: "Sent from another site, or to another name.",
        404: "The session is not known (any more): send sound and strokes again.",
        413: "Too long.",
        422: "It cannot be done, and why.",
        503: "Too many requests are waiting.",
    }.items()
}
CHANGED: dict[int | str, dict[str, Any]] = {
    409: {"model": Detail, "description": "Another program changed the file meanwhile."}
}
PACKET: dict[str, Any] = {
    "response_class": Packet,
    "responses": {200: {"description": "A binary packet: a JSON head and arrays."}},
}


async def sound_bytes(request: Request) -> bytes:
    """Take the body as it is; the guard bounds it."""
    return await request.body()


async def check_client(request: Request) -> AsyncIterator[Check]:
    """Give a check for a worker thread, which raises once the client has gone.

    It only looks at a flag: strokes ask it at every step, and must not wait for the event loop.
    """
    await request.body()  # only what comes after the body can say so
    gone = threading.Event()

    async def watch() -> None:
        while (await request.receive())["type"] != "http.disconnect":
            pass
        gone.set()

    def check() -> None:
        if gone.is_set():
            raise HTTPException(499, "the request was cancelled; nothing has changed")

    watching = asyncio.create_task(watch())
    try:
        yield check
    finally:
        watching.cancel()


ClientCheck = Annotated[Check, Depends(check_client)]
AskedLook = Annotated[Look, Depends(asked_look)]
OCTETS = {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}


def create_router(
    effect: Effect, sessions: Sessions, notes: dict[str, Note], limits: Limits
) -> APIRouter:
    """Return the routes for one loaded model."""
    router = APIRouter(prefix="/api", responses=REFUSALS)

    @router.get("/model")
    def model() -> ModelInfo:
        """Say what the loaded model can do."""
        return describe(effect, limits)

    @router.get("/notes")
    def list_notes() -> list[NoteInfo]:
        """List the bundled notes."""
        return [NoteInfo(name=n.name, title=n.title, credit=n.credit) for n in notes.values()]

    @router.get("/notes/{name}", response_class=FileResponse)
    def note(name: str) -> FileResponse:
        """Return a bundled note's sound file."""
        if name not in notes:
            raise HTTPException(404, f"there is no bundled note {name!r}; see /api/notes")
        return FileResponse(notes[name].path, media_type="application/octet-stream")

    @router.post(
        "/sessions",
        openapi_extra={"requestBody": {"content": OCTETS}},
        **{**PACKET, "response_class": StreamingResponse},
    )
    def open_sound(
        body: Annotated[bytes, Depends(sound_bytes)], check: ClientCheck, look: AskedLook
    ) -> StreamingResponse:
        """Open a sound file (the body, as it is); send its samples and picture piece by piece.

        The packets follow one another. The session is in the first packet of a short sound,
        and in one of its own of a long sound.
        """
        with sessions.gate(check):
            most = files.Limits(limits.sound_seconds, limits.sound_values)
            reading = files.Reading(io.BytesIO(body), "the sound", most)
            opening = Opening(reading, sessions, look)
            first = opening.first()
        packets_ = itertools.chain([first], opening.rest())
        return StreamingResponse(packets_, media_type=packets.MEDIA_TYPE)

    @router.post("/beginnings", openapi_extra={"requestBody": {"content": OCTETS}}, **PACKET)
    def begin(
        body: Annotated[bytes, Depends(sound_bytes)],
        check: ClientCheck,
        look: AskedLook,
        size: Annotated[int, Query(gt=0, le=limits.sound_bytes)],
    ) -> Packet:
        """Draw the first piece of a long sound from the first bytes of its file.

        It is the first packet that opening the whole file will send, and begins no session.
        """
        with sessions.gate(check):
            most = files.Limits(limits.sound_seconds, limits.sound_values)
            return Packet(draw_beginning(Beginning(body, size), sessions, look, most))

    @router.delete("/sessions/{session_id}", status_code=204)
    def close(session_id: SessionId) -> None:
        """Forget a session."""
        sessions.close(session_id)

    @router.get("/sessions/{session_id}/strokes", response_class=Response)
    def save(session_id: SessionId) -> Response:
        """Return the edit as the JSON file that ``timbrush replay`` reads."""
        edit = effect.edit(sessions.find(session_id).strokes)
        return Response(edit.dump(), media_type="application/json")

    @router.post("/sessions/{session_id}/strokes", **PACKET)
    def paint(
        session_id: SessionId, body: PaintBody, check: ClientCheck, look: AskedLook
    ) -> Packet:
        """Paint a stroke and return what it changed."""
        with sessions.turn(session_id, check) as session:
            picture = session.picture(look)
            return _changed(session.paint(body.stroke, check), picture)

    @router.put("/sessions/{session_id}/strokes", **PACKET)
    def replace(
        session_id: SessionId, body: StrokesBody, check: ClientCheck, look: AskedLook
    ) -> Packet:
        """Make this list the edit (undo, redo, a jump, a saved edit); return what changed."""
        with sessions.turn(session_id, check) as session:
            picture = session.picture(look)
            return _changed(session.replace(body.strokes, check), picture)

    @router.post("/sessions/{session_id}/variations", **PACKET)
    def variations(
        session_id: SessionId, body: VariationsBody, check: ClientCheck, look: AskedLook
    ) -> Packet:
        """Try a stroke with several seeds; the edit stays as it is."""
        with sessions.turn(session_id, check) as session:
            picture = session.picture(look)
            return _varied(session.variations(body.stroke, body.seeds, check), picture)

    @router.get("/sessions/{session_id}/picture", **PACKET)
    def picture(
        session_id: SessionId,
        check: ClientCheck,
        look: AskedLook,
        of: Literal["edited", "original"] = "edited",
    ) -> Packet:
        """Return the picture of the edited sound or of the original."""
        with sessions.turn(session_id, check) as session:
            drawn = session.picture(look)
            columns = drawn.columns(session.reader(of))
            return Packet(packets.encode(axes(drawn), {"columns": columns}))

    @router.get("/sessions/{session_id}/added", **PACKET)
    def added(
        session_id: SessionId,
        check: ClientCheck,
        look: AskedLook,
        stroke: Annotated[int | None, Query(ge=0)] = None,
    ) -> Packet:
        """Return what a stroke added to the sound before it, or what all of them did."""
        with sessions.turn(session_id, check) as session:
            picture = session.picture(look)
            return _changed(session.added(stroke, check), picture)

    @router.post("/sessions/{session_id}/variations.zip", response_class=Response)
    def export_variations(
        session_id: SessionId, body: VariationsBody, check: ClientCheck
    ) -> Response:
        """Return the edited sound with each of several seeds, as WAVs in one ZIP."""
        with sessions.turn(session_id, check) as session:
            size = session.sound.samples.nbytes * len(body.seeds)
            if size > limits.sound_bytes:
                raise HTTPException(
                    413,
                    f"expected variations of at most {limits.sound_bytes / 1e6:.0f} megabytes "
                    f"together, got {size / 1e6:.0f}; keep one and download it alone",
                )
            return _zipped(session.varied(body.stroke, body.seeds, check), body.seeds)

    @router.get("/sessions/{session_id}/surprise", **PACKET)
    def surprise(
        session_id: SessionId,
        check: ClientCheck,
        inpainter: Annotated[str, Query(max_length=64)] = "naive-bayes",
        radius: Annotated[float, Query(gt=0, le=64)] = 1.0,
    ) -> Packet:
        """Return how unlikely each code is among its neighbours, in bits, a grid a level."""
        with sessions.turn(session_id, check) as session:
            return _levels(session.canvas.surprise(inpainter=inpainter, radius=radius))

    @router.post("/sessions/{session_id}/cells", **PACKET)
    def cells(session_id: SessionId, body: PaintBody, check: ClientCheck) -> Packet:
        """Return how much of a stroke each code would get, a grid a level."""
        with sessions.turn(session_id, check) as session:
            return _levels(session.canvas.cells(body.stroke))

    @router.get("/sessions/{session_id}/sound.{kind}", response_class=Response)
    def download(
        session_id: SessionId, kind: Literal["wav", "flac"], check: ClientCheck
    ) -> Response:
        """Return the edited sound with the rate, channels and subtype of the original.

        What such a file cannot keep is said in the header ``Remark``.
        """
        with sessions.turn(session_id, check) as session:
            return _sound_file(session.edited, kind)

    @router.get("/sessions/{session_id}/export.{kind}", response_class=Response)
    def export(
        session_id: SessionId,
        kind: Literal["wav", "flac", "mp3", "ogg"],
        check: ClientCheck,
        subtype: Literal["PCM_16", "PCM_24", "FLOAT"] = "PCM_24",
        start: Annotated[float, Query(ge=0, le=1e9)] = 0.0,
        stop: Annotated[float, Query(gt=0, le=1e9)] = 1e9,
    ) -> Response:
        """Return a part of the edited sound, in seconds, stored as it is asked for.

        A FLAC holds 24 bits in place of floats; MP3 and OGG have a subtype of their own.
        """
        with sessions.turn(session_id, check) as session:
            rate, length = session.sound.sample_rate, session.sound.length
            first, last = round(min(start * rate, length)), round(min(stop * rate, length))
            if first >= last:
                raise HTTPException(
                    422,
                    f"expected a part within 0 to {length / rate:.3f} s that starts before it "
                    f"ends, got {start:g} to {stop:g} s",
                )
            return _exported(session.canvas.read(first, last), rate, kind, subtype)

    return router


def create_documents_router(documents: Documents, sessions: Sessions) -> APIRouter:
    """Return the routes for files that are edited in place."""
    router = APIRouter(prefix="/api", responses=REFUSALS)

    @router.get("/documents/{key}")
    def document(key: DocumentKey) -> DocumentInfo:
        """Say what a file is called; a page shows it from now on."""
        found = documents.find(key)
        found.is_open = found.was_open = True
        return DocumentInfo(name=found.path.name)

    @router.get("/documents/{key}/sound", response_class=FileResponse)
    def document_sound(key: DocumentKey) -> FileResponse:
        """Return the file."""
        path = documents.find(key).read()
        return FileResponse(path, media_type="application/octet-stream")

    @router.post("/documents/{key}/closed", status_code=204)
    def document_closed(key: DocumentKey) -> None:
        """Hear that no page shows it any more."""
        documents.find(key).is_open = False

    @router.put("/sessions/{session_id}/document", responses=CHANGED)
    def save_document(
        session_id: SessionId,
        check: ClientCheck,
        key: Annotated[str, Query(max_length=64)],
        replace: bool = False,
    ) -> SavedInfo:
        """Write the edited sound in place of the file that it came from."""
        found = documents.find(key)
        with sessions.turn(session_id, check) as session:
            return SavedInfo(remarks=found.save(session.edited, replace=replace))

    return router


def _drawn(change: Change, picture: Picture) -> tuple[dict[str, Any], Columns]:
    """Return the head of a change and the picture's columns that it touches."""
    last = change.first_sample + change.samples.shape[1]
    span = picture.span(change.first_sample, last) if change.samples.size else (0, 0)
    head = {
        "n_strokes": change.n_strokes,
        "first_stroke": change.first_stroke,
        "costs": [asdict(cost) for cost in change.costs],
        "first_sample": change.first_sample,
        "first_column": span[0],
    }
    return head, picture.columns(change.read, *span)


def _changed(change: Change, picture: Picture) -> Packet:
    head, columns = _drawn(change, picture)
    samples = change.samples.astype(np.float32, copy=False)
    return Packet(packets.encode(head, {"samples": samples, "columns": columns}))


def _varied(changes: list[Change], picture: Picture) -> Packet:
    heads, arrays = [], {}
    for i, change in enumerate(changes):
        head, columns = _drawn(change, picture)
        heads.append(head)
        arrays[f"samples{i}"] = change.samples.astype(np.float32, copy=False)
        arrays[f"columns{i}"] = columns
    return Packet(packets.encode({"variations": heads}, arrays))


def _levels(levels: tuple[Any, ...]) -> Packet:
    arrays = {
        f"level{i}": np.asarray(level, dtype=np.float32).reshape(level.shape[-2:])
        for i, level in enumerate(levels)
    }
    return Packet(packets.encode({}, arrays))


def _exported(samples: Samples, sample_rate: int, kind: str, subtype: str) -> Response:
    container = containers.choose(f"sound.{kind}", "WAV", subtype, samples.size)
    buffer = io.BytesIO()
    containers.encode(buffer, samples, sample_rate, container)
    is_cut = container.clips and float(np.abs(samples).max()) > 1
    headers = {"Remark": f"{kind.upper()} {files.CLIPPED}"} if is_cut else {}
    return Response(buffer.getvalue(), media_type=f"audio/{kind}", headers=headers)


def _zipped(sounds: Iterator[files.Sound], seeds: list[int]) -> Response:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for i, (sound, seed) in enumerate(zip(sounds, seeds, strict=True)):
            archive.writestr(
                f"{i + 1:02}-seed-{seed}.wav", bytes(_sound_file(sound, "wav").body)
            )
    return Response(buffer.getvalue(), media_type="application/zip")


def _sound_file(sound: files.Sound, kind: str) -> Response:
    name = f"sound.{kind}"
    container = containers.choose(name, sound.format, sound.subtype, sound.samples.size)
    buffer = io.BytesIO()
    containers.encode(buffer, sound.samples, sound.sample_rate, container, sound.carried)
    headers = {"Remark": f"{kind.upper()} {files.CLIPPED}"} if files.clips(name, sound) else {}
    return Response(buffer.getvalue(), media_type=f"audio/{kind}", headers=headers)
