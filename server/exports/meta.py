"""Meta-schemas of the document kinds, generated from their structs."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from typing import Any

import msgspec

from server.definitions.bundle import Regions
from server.definitions.data_schema import DATA_SCHEMA, STANDARD
from server.definitions.service import DOCUMENT_KINDS, LIBRARY
from server.overlays.overlay import FOLDER
from server.types import JsonValue

META_FOLDER = "form_schemas/meta"
#: What regions change of a document is no document of its kind.
_NO_PATCHES = f"!**/{FOLDER}/**"

#: A field of a struct with the comment lines above it.
_COMMENTED = re.compile(r"^((?: {4}#: .*\n)+) {4}(\w+):", re.MULTILINE)


def meta_documents() -> dict[str, JsonValue]:
    """File name below `form_schemas/meta/` to its content: one JSON Schema per kind of document, and their catalog.

    The catalog tells editors and other tools which file is of which kind, in the form of schemastore.org.
    """
    schemas = {f"{kind}.schema.json": _schema(kind, struct) for kind, struct in sorted(_structs().items())}
    return {"catalog.json": _catalog(), "data_schema.schema.json": DATA_SCHEMA, **schemas}


def schema_name(kind: str) -> str:
    """The file name of the meta-schema of a kind of document; forms of tasks are forms."""
    return f"{kind.removeprefix('task_')}.schema.json"


def _structs() -> dict[str, Any]:
    found = {kind: struct for kind, _, _, struct in DOCUMENT_KINDS if struct is not None and not kind.startswith("task_")}
    return {**found, "regions": Regions}


def _catalog() -> JsonValue:
    patterns: dict[str, list[str]] = {}
    for kind, tree, pattern, _ in DOCUMENT_KINDS:
        if pattern.endswith(".json"):
            patterns.setdefault(kind.removeprefix("task_"), []).append(f"**/{tree}/**/{pattern}")
    patterns["regions"] = [f"**/{LIBRARY}/regions/*.json"]
    return {
        "$schema": "https://json.schemastore.org/schema-catalog.json",
        "version": 1,
        "schemas": [
            {
                "name": kind,
                "description": _description(kind),
                "fileMatch": [*places, _NO_PATCHES],
                "url": f"./{schema_name(kind)}",
            }
            for kind, places in sorted(patterns.items())
        ],
    }


def _description(kind: str) -> str:
    struct = _structs().get(kind)
    return str(DATA_SCHEMA["description"]) if struct is None else inspect.cleandoc(struct.__doc__ or kind).splitlines()[0]


def _schema(kind: str, struct: Any) -> JsonValue:
    (reference,), definitions = msgspec.json.schema_components((struct,), ref_template="#/$defs/{name}")
    comments = {found.__name__: dict(_comments(found)) for found in _structs_behind(struct)}
    for name, definition in definitions.items():
        for member, comment in comments.get(name, {}).items():
            if member in definition.get("properties", {}):
                definition["properties"][member] = {"description": comment, **definition["properties"][member]}
    for found in _structs_behind(struct):
        members = definitions.get(found.__name__, {}).get("properties", {})
        for member, names in _named_keys(found):
            members[member] = {**members[member], "propertyNames": {"enum": names}}
    return {
        "$schema": STANDARD,
        "$id": f"urn:onething:meta:{kind}",
        "title": kind.replace("_", " "),
        **reference,
        "$defs": definitions,
    }


def _structs_behind(struct: Any) -> Iterator[type]:
    """The struct and every struct that its members hold."""
    pending: list[Any] = [msgspec.inspect.type_info(struct)]
    seen: set[type] = set()
    while pending:
        found = pending.pop()
        if isinstance(found, msgspec.inspect.StructType):
            if found.cls in seen:
                continue
            seen.add(found.cls)
            yield found.cls
            pending += [field.type for field in found.fields]
        pending += [getattr(found, part) for part in ("value_type", "item_type") if hasattr(found, part)]
        pending += getattr(found, "types", ())


def _named_keys(struct: type) -> Iterator[tuple[str, list[str]]]:
    """Members that are maps with fixed names, and those names, which msgspec's own schemas leave out."""
    for field in msgspec.inspect.type_info(struct).fields:  # type: ignore[attr-defined]
        keys = field.type.key_type if isinstance(field.type, msgspec.inspect.DictType) else None
        if isinstance(keys, msgspec.inspect.LiteralType):
            yield field.encode_name, sorted(map(str, keys.values))


def _comments(struct: type) -> Iterator[tuple[str, str]]:
    """The comment of each commented member, own and inherited."""
    for base in reversed(struct.__mro__):
        if issubclass(base, msgspec.Struct) and base is not msgspec.Struct:
            for comment, member in _COMMENTED.findall(inspect.getsource(base)):
                yield member, " ".join(line.strip().removeprefix("#: ") for line in comment.splitlines())
