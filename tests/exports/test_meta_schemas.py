"""The committed meta-schemas are those of the structs, and every shipped document follows the one of its kind."""

from __future__ import annotations

import json
import os
from fnmatch import fnmatch
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from server.definitions.service import place_of, service_ids
from server.documents.text import pretty_bytes
from server.exports.folder import read_trees
from server.exports.meta import META_FOLDER, meta_documents, schema_name

ROOT = Path(__file__).resolve().parents[2]


@cache
def documents() -> dict[str, Any]:
    return read_trees(ROOT).documents


def kinds() -> dict[str, str]:
    """Path of every shipped JSON document to the file name of the meta-schema of its kind."""
    found = {}
    for service in service_ids(documents()):
        for path in documents():
            place = place_of(path, service)
            if place is not None and path.endswith(".json"):
                found[path] = schema_name(place.kind)
    return found


@cache
def validator(name: str) -> Draft202012Validator:
    schema = meta_documents()[name]
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


@pytest.mark.cases
def test_the_committed_meta_schemas_are_those_of_the_structs() -> None:
    folder = ROOT / META_FOLDER
    wanted = {name: pretty_bytes(value) for name, value in meta_documents().items()}
    if os.environ.get("UPDATE"):
        folder.mkdir(exist_ok=True)
        for name, content in wanted.items():
            (folder / name).write_bytes(content)
    assert {file.name: file.read_bytes() for file in folder.iterdir()} == wanted


@pytest.mark.parametrize("path", sorted(kinds()))
def test_a_shipped_document_follows_the_meta_schema_of_its_kind(path: str) -> None:
    errors = [f"{error.json_path}: {error.message}" for error in validator(kinds()[path]).iter_errors(documents()[path])]
    assert errors == []


def test_the_catalog_finds_the_meta_schema_of_every_shipped_document() -> None:
    entries = json.loads((ROOT / META_FOLDER / "catalog.json").read_text(encoding="utf-8"))["schemas"]

    def described(path: str) -> set[str]:
        return {entry["url"] for entry in entries if included(f"/{path}", entry["fileMatch"])}

    for path, name in kinds().items():
        assert described(path) == {f"./{name}"}, path
    patches = [path for path in documents() if "/overlays/" in path]
    assert patches
    assert not any(map(described, patches))
    assert {entry["url"].removeprefix("./") for entry in entries} == meta_documents().keys() - {"catalog.json"}


def included(path: str, patterns: list[str]) -> bool:
    """Whether an editor takes a path to be meant: by one pattern, and by none that begins with `!`."""
    wanted = [fnmatch(path, pattern) for pattern in patterns if not pattern.startswith("!")]
    return any(wanted) and not any(fnmatch(path, pattern[1:]) for pattern in patterns if pattern.startswith("!"))


@pytest.mark.parametrize(
    ("name", "document"),
    [
        ("process.schema.json", {"title": "x", "nodes": {"start": {"kind": "begin", "next": "end"}}}),
        ("process.schema.json", {"title": "x", "nodes": {"start": {"kind": "start", "nxt": "end"}}}),
        ("table.schema.json", {"title": "x", "hit": "any", "inputs": {}, "outputs": {}, "rows": []}),
        ("layout.schema.json", {"type": "Categorization", "id": "x", "elements": [{"type": "Control", "id": "y"}]}),
        ("data_schema.schema.json", {"type": "object", "properties": {"Full Name": {"type": "string"}}}),
        ("data_schema.schema.json", {"type": "object", "properties": {"a": {"items": {"x-codelist": 5}}}}),
        ("data_schema.schema.json", {"type": "object", "properties": {"a": {"$ref": "https://example.com/s"}}}),
        ("data_schema.schema.json", {"type": "array", "properties": {}}),
    ],
)
def test_a_mistake_is_refused_by_the_meta_schema(name: str, document: Any) -> None:
    assert list(validator(name).iter_errors(document)) != []


def test_members_carry_the_words_that_describe_them() -> None:
    bundle = meta_documents()["bundle.schema.json"]["$defs"]["Bundle"]["properties"]
    assert bundle["number_prefix"]["description"] == "Letters in the case number (办件编号)."
    control = meta_documents()["layout.schema.json"]["$defs"]["Control"]["properties"]
    assert "JSON Pointer into the data schema" in control["scope"]["description"]
