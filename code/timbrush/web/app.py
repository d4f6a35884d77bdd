"""Make the server of the page for a loaded model."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import FileResponse, JSONResponse
from starlette.staticfiles import StaticFiles

import timbrush
from timbrush.effect.model import Effect
from timbrush.errors import NO_MEMORY, TimbrushError, is_out_of_memory
from timbrush.web.documents import Documents
from timbrush.web.guard import HOSTS, Guard
from timbrush.web.limits import Limits
from timbrush.web.notes import Note, find_notes
from timbrush.web.routes import create_documents_router, create_router
from timbrush.web.schemas import plain_line
from timbrush.web.sessions import Sessions

STATIC = Path(__file__).resolve().parent / "static"


def create_app(
    effect: Effect,
    *,
    notes: Mapping[str, Note] | None = None,
    limits: Limits | None = None,
    documents: Documents | None = None,
    hosts: Sequence[str] = HOSTS,
) -> FastAPI:
    """Return the server for one loaded model: the page at ``/``, the rest under ``/api/``.

    FastAPI's own documentation pages load scripts from other sites and are switched off;
    ``/docs`` is a page of ours that reads ``/openapi.json`` and works offline.

    Args:
        effect: The model, loaded.
        notes: Sounds to offer, by name; None for the bundled ones.
        limits: What a request and a session may cost.
        documents: Files that the page may write back; None for none.
        hosts: Names under which the server may be asked.
    """
    limits = limits or Limits()
    app = FastAPI(
        title="timbrush",
        version=timbrush.__version__,
        description="Paint a zone of a sound, redraw its codes, hear it at once.",
        docs_url=None,
        redoc_url=None,
    )
    sessions = Sessions(effect, limits)
    app.state.sessions = sessions
    offered = dict(find_notes() if notes is None else notes)
    app.include_router(create_router(effect, sessions, offered, limits))
    app.include_router(create_documents_router(documents or Documents(), sessions))
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    app.add_exception_handler(TimbrushError, _refuse)
    app.add_exception_handler(RequestValidationError, _refuse_body)
    app.add_exception_handler(MemoryError, _refuse_size)
    app.add_exception_handler(RuntimeError, _refuse_size)
    app.add_middleware(Guard, limits=limits, hosts=hosts)

    @app.get("/", include_in_schema=False)
    def page() -> FileResponse:
        return FileResponse(STATIC / "index.html")

    @app.get("/docs", include_in_schema=False)
    def docs() -> FileResponse:
        return FileResponse(STATIC / "docs.html")

    return app


def _refuse(request: Request, error: Exception) -> JSONResponse:
    return JSONResponse({"detail": str(error)}, status_code=422)


def _refuse_size(request: Request, error: Exception) -> JSONResponse:
    if not is_out_of_memory(error):
        raise error
    return JSONResponse({"detail": NO_MEMORY}, status_code=422)


def _refuse_body(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    return JSONResponse({"detail": plain_line(list(error.errors()))}, status_code=422)
