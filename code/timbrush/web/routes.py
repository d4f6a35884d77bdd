"""The routes under ``/api/``: requests to sessions and back.

All are plain functions, which FastAPI runs on threads: inference leaves the event loop free.
"""

import io
from collections.abc import Callable
from dataclasses import asdict
from typing import Annotated, Any, Literal

import anyio.from_thread
import numpy as np
from fastapi import APIRouter, Depends, HTTPException, Path, Query, Request, Response
from fastapi.responses import FileResponse

from timbrush.audio import containers
from timbrush.effect.model import Effect
from timbrush.effect.stroke import dump_strokes
from timbrush.web import packets, uploads
from timbrush.web.limits import Limits
from timbrush.web.model import describe
from timbrush.web.notes import Note
from timbrush.web.schemas import (
    Detail,
    ModelAnswer,
    NoteAnswer,
    PaintBody,
    StrokesBody,
    VariationsBody,
)
from timbrush.web.session import Change, Session
from timbrush.web.sessions import Sessions

SessionId = Annotated[str, Path(max_length=64, description="What opening the sound answered.")]


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
        503: "Too many strokes are waiting.",
    }.items()
}
PACKET: dict[str, Any] = {
    "response_class": Packet,
    "responses": {200: {"description": "A binary packet: a JSON head and arrays."}},
}


async def sound_bytes(request: Request) -> bytes:
    """Take the body as it is; the guard bounds it."""
    return await request.body()


def still_there(request: Request) -> Callable[[], bool]:
    """Answer a question for a worker thread: does the client still wait?"""
    return lambda: not anyio.from_thread.run(request.is_disconnected)


StillThere = Annotated[Callable[[], bool], Depends(still_there)]
OCTETS = {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}


def create_router(
    effect: Effect, sessions: Sessions, notes: dict[str, Note], limits: Limits
) -> APIRouter:
    """Answer the routes for one loaded model."""
    router = APIRouter(prefix="/api", responses=REFUSALS)

    @router.get("/model")
    def model() -> ModelAnswer:
        """Say what the loaded model can do."""
        return describe(effect, limits)

    @router.get("/notes")
    def list_notes() -> list[NoteAnswer]:
        """List the bundled notes."""
        return [NoteAnswer(name=n.name, title=n.title, credit=n.credit) for n in notes.values()]

    @router.get("/notes/{name}", response_class=FileResponse)
    def note(name: str) -> FileResponse:
        """Answer a bundled note's sound file."""
        if name not in notes:
            raise HTTPException(404, f"there is no bundled note {name!r}; see /api/notes")
        return FileResponse(notes[name].path, media_type="application/octet-stream")

    @router.post("/sessions", openapi_extra={"requestBody": {"content": OCTETS}}, **PACKET)
    def open_sound(body: Annotated[bytes, Depends(sound_bytes)]) -> Packet:
        """Open a sound file (the body, as it is) and answer its samples and its picture."""
        return _opened(sessions.open(uploads.read(body, limits)))

    @router.delete("/sessions/{session_id}", status_code=204)
    def close(session_id: SessionId) -> None:
        """Forget a session."""
        sessions.close(session_id)

    @router.get("/sessions/{session_id}/strokes", response_class=Response)
    def save(session_id: SessionId) -> Response:
        """Answer the edit as the JSON file that ``timbrush replay`` reads."""
        text = dump_strokes(sessions.find(session_id).strokes, effect.fingerprint)
        return Response(text, media_type="application/json")

    @router.post("/sessions/{session_id}/strokes", **PACKET)
    def paint(session_id: SessionId, body: PaintBody, there: StillThere) -> Packet:
        """Paint a stroke and answer what it changed."""
        with sessions.turn(session_id, there) as session:
            return _changed(session.paint(body.stroke))

    @router.put("/sessions/{session_id}/strokes", **PACKET)
    def replace(session_id: SessionId, body: StrokesBody, there: StillThere) -> Packet:
        """Make this list the edit (undo, redo, a jump, a saved edit); answer what changed."""
        with sessions.turn(session_id, there) as session:
            return _changed(session.replace(body.strokes))

    @router.post("/sessions/{session_id}/variations", **PACKET)
    def variations(session_id: SessionId, body: VariationsBody, there: StillThere) -> Packet:
        """Try a stroke with several seeds; the edit stays as it is."""
        with sessions.turn(session_id, there) as session:
            return _varied(session.variations(body.stroke, body.seeds))

    @router.get("/sessions/{session_id}/surprise", **PACKET)
    def surprise(
        session_id: SessionId,
        there: StillThere,
        inpainter: Annotated[str, Query(max_length=64)] = "naive-bayes",
        radius: Annotated[float, Query(gt=0, le=64)] = 1.0,
    ) -> Packet:
        """Answer how unlikely each code is among its neighbours, in bits, a grid a level."""
        with sessions.turn(session_id, there) as session:
            return _levels(session.canvas.surprise(inpainter=inpainter, radius=radius))

    @router.get("/sessions/{session_id}/strokes/{number}/cells", **PACKET)
    def cells(session_id: SessionId, number: int, there: StillThere) -> Packet:
        """Answer how much of stroke ``number`` (from 0) each code got, a grid a level."""
        with sessions.turn(session_id, there) as session:
            if not 0 <= number < len(session.strokes):
                raise HTTPException(422, f"there is no stroke {number} in this edit")
            return _levels(session.cells(number))

    @router.get("/sessions/{session_id}/sound.{kind}", response_class=Response)
    def download(session_id: SessionId, kind: Literal["wav", "flac"]) -> Response:
        """Answer the edited sound with the rate, channels and subtype of the original."""
        session = sessions.find(session_id)
        return Response(_file(session, kind), media_type=f"audio/{kind}")

    return router


def _opened(session: Session) -> Packet:
    sound, picture = session.sound, session.picture
    head = {
        "session": session.id,
        "sample_rate": sound.sample_rate,
        "n_channels": sound.n_channels,
        "n_samples": sound.length,
        "format": sound.format,
        "subtype": sound.subtype,
        "hop_length": picture.hop_length,
        "n_columns": picture.n_columns,
        "n_rows": picture.n_rows,
        "low_hertz": picture.low_hertz,
        "high_hertz": picture.high_hertz,
    }
    samples = sound.samples.astype(np.float32, copy=False)
    columns = picture.columns(lambda first, last: sound.samples[:, first:last])
    return Packet(packets.encode(head, {"samples": samples, "columns": columns}))


def _head(change: Change) -> dict[str, Any]:
    return {
        "n_strokes": change.n_strokes,
        "first_stroke": change.first_stroke,
        "costs": [asdict(cost) for cost in change.costs],
        "first_sample": change.first_sample,
        "first_column": change.first_column,
    }


def _changed(change: Change) -> Packet:
    samples = change.samples.astype(np.float32, copy=False)
    return Packet(
        packets.encode(_head(change), {"samples": samples, "columns": change.columns})
    )


def _varied(changes: list[Change]) -> Packet:
    arrays = {}
    for i, change in enumerate(changes):
        arrays[f"samples{i}"] = change.samples.astype(np.float32, copy=False)
        arrays[f"columns{i}"] = change.columns
    return Packet(packets.encode({"variations": [_head(c) for c in changes]}, arrays))


def _levels(levels: tuple[Any, ...]) -> Packet:
    arrays = {
        f"level{i}": np.asarray(level, dtype=np.float32).reshape(level.shape[-2:])
        for i, level in enumerate(levels)
    }
    return Packet(packets.encode({}, arrays))


def _file(session: Session, kind: str) -> bytes:
    sound, samples = session.sound, session.canvas.samples
    container = containers.choose(f"sound.{kind}", sound.format, sound.subtype, samples.size)
    buffer = io.BytesIO()
    containers.encode(buffer, samples, sound.sample_rate, container)
    return buffer.getvalue()
