"""Meta-schemas of the document kinds, generated from their structs."""

from __future__ import annotations

from typing import Any

import msgspec

from server.definitions.bundle import Regions
from server.definitions.service import DOCUMENT_KINDS, LIBRARY
from server.types import JsonValue

META_FOLDER = "form_schemas/meta"


def meta_schemas() -> dict[str, JsonValue]:
    """File name below `form_schemas/meta/` to the JSON Schema of one kind of document.

    Data schemas are plain JSON Schema 2020-12 and have the standard's own meta-schema; Markdown has none.
    """
    kinds = {kind: struct for kind, _, _, struct in DOCUMENT_KINDS if struct is not None} | {"regions": Regions}
    return {
        f"{kind}.schema.json": _schema(kind, struct) for kind, struct in sorted(kinds.items()) if not kind.startswith("task_")
    }


def editor_associations() -> list[dict[str, str]]:
    """Pairs of file pattern and meta-schema, for editors that match schemas by path."""
    pairs = [
        (f"{tree}/**/{pattern}", kind.removeprefix("task_"))
        for kind, tree, pattern, struct in DOCUMENT_KINDS
        if struct is not None
    ]
    pairs.append((f"{LIBRARY}/regions/*.json", "regions"))
    return [{"fileMatch": pattern, "url": f"{META_FOLDER}/{kind}.schema.json"} for pattern, kind in pairs]


def _schema(kind: str, struct: Any) -> JsonValue:
    (reference,), definitions = msgspec.json.schema_components((struct,), ref_template="#/$defs/{name}")
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:onething:meta:{kind}",
        "title": kind.replace("_", " "),
        **reference,
        "$defs": definitions,
    }
