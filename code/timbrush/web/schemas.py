"""The JSON that the page and the server exchange."""

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, PlainValidator, TypeAdapter, WithJsonSchema

from timbrush.effect.actions.actions import ACTIONS
from timbrush.effect.edit import MAX_STROKES
from timbrush.effect.stroke import Stroke
from timbrush.effect.zone.shapes import SHAPES
from timbrush.seeds import MAX_SEED
from timbrush.web.session import MAX_VARIATIONS


def _schema_of(cls: type) -> dict[str, Any]:
    schema = TypeAdapter(cls).json_schema()
    return {**schema, "additionalProperties": False}


def _stroke_schema() -> dict[str, Any]:
    """Describe ``Stroke.to_dict``; shapes and actions are told apart by name."""
    stroke = _schema_of(Stroke)
    del stroke["$defs"]
    shapes, actions = _named("shape", SHAPES), _named("action", ACTIONS)
    stroke["properties"]["zone"] = {"type": "array", "items": {"oneOf": shapes}, "default": []}
    stroke["properties"]["action"] = {"oneOf": [*actions, {"type": "null"}], "default": None}
    return stroke


def _named(key: str, classes: Mapping[str, type]) -> list[dict[str, Any]]:
    """Describe classes whose JSON names them under a key."""
    schemas = []
    for name, cls in classes.items():
        schema = _schema_of(cls)
        properties = {key: {"const": name, "type": "string"}, **schema["properties"]}
        required = [key, *schema.get("required", [])]
        schemas.append({**schema, "properties": properties, "required": required})
    return schemas


StrokeJson = Annotated[
    Stroke,
    PlainValidator(Stroke.from_dict),
    WithJsonSchema(_stroke_schema(), mode="validation"),
]
"""A stroke as ``Stroke.to_dict`` writes it and as a saved edit holds it."""

Seed = Annotated[int, Field(ge=0, le=MAX_SEED)]


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, arbitrary_types_allowed=True)


class PaintBody(_Body):
    """One stroke to append."""

    stroke: StrokeJson


class StrokesBody(_Body):
    """The whole edit, first stroke first."""

    strokes: Annotated[list[StrokeJson], Field(max_length=MAX_STROKES)]


class VariationsBody(_Body):
    """One stroke to try with several seeds."""

    stroke: StrokeJson
    seeds: Annotated[list[Seed], Field(min_length=1, max_length=MAX_VARIATIONS)]


class InpainterInfo(BaseModel):
    """An inpainter, and what it takes."""

    name: str
    words: str
    purpose: str
    fingerprint: str | None
    takes_radius: bool
    takes_pitch: bool
    takes_family: bool


class GridInfo(BaseModel):
    """Where the cells of one codemap lie."""

    name: str
    row_edges_hertz: list[float]
    column_seconds: float
    first_column_seconds: float
    codebook_size: int


class ModelInfo(BaseModel):
    """What the loaded model can do, and what a stroke begins with."""

    model_config = ConfigDict(protected_namespaces=())

    version: str
    fingerprint: str
    inpainters: list[InpainterInfo]
    families: list[str]
    grids: list[GridInfo]
    defaults: dict[str, Any]
    first_version: dict[str, float]
    edit_version: int
    largest_seed: int
    sound_bytes: int
    sound_seconds: float


class NoteInfo(BaseModel):
    """A bundled sound."""

    name: str
    title: str
    credit: str


class DocumentInfo(BaseModel):
    """A file that is edited in place."""

    name: str


class SavedInfo(BaseModel):
    """What is to be said of a file that was saved."""

    remarks: list[str]


class Detail(BaseModel):
    """Why a request was refused, in a plain line."""

    detail: str


def plain_line(errors: list[Mapping[str, Any]]) -> str:
    """Return the first thing that is wrong with a body."""
    error = errors[0]
    if error["type"] == "json_invalid":
        return f"the body is no valid JSON: {error['ctx']['error']}"
    where = ".".join(str(part) for part in error["loc"] if part != "body")
    message = str(error["msg"]).removeprefix("Value error, ")
    return f"{where}: {message}" if where else message
