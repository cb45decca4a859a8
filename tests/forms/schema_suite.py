"""The official JSON Schema test suite as `scripts/setup-schema-suite` unpacks it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from server.definitions.data_schema import STANDARD
from server.forms.json_schema import DRAFT_7

FOLDER = Path(__file__).parents[2] / "build" / "json-schema-test-suite"
DRAFTS = {"draft2020-12": STANDARD, "draft7": f"{DRAFT_7}#"}
_SERVER = "http://localhost:1234/"

#: Cases that are not run, by draft, file and description of the group, with the reason.
SKIPPED: dict[tuple[str, str, str], str] = {}


class Group(NamedTuple):
    """A schema with the instances it is tried on."""

    draft: str
    file: str
    description: str
    schema: Any
    cases: tuple[dict[str, Any], ...]

    @property
    def formats(self) -> bool:
        """Whether formats are asserted: in the optional part about them, and where content is checked."""
        return "format" in self.file.partition("/")[2] or self.file == "optional/content"


def files() -> list[tuple[str, str]]:
    """Draft and name of every file of the suite; none where it was not set up."""
    return [
        (draft, path.relative_to(FOLDER / "tests" / draft).with_suffix("").as_posix())
        for draft in DRAFTS
        for path in sorted((FOLDER / "tests" / draft).rglob("*.json"))
    ]


@cache
def groups(draft: str, file: str) -> tuple[Group, ...]:
    """The groups of a file; a schema without `$schema` is of the file's draft."""
    read = json.loads((FOLDER / "tests" / draft / f"{file}.json").read_text(encoding="utf-8"))
    return tuple(
        Group(draft, file, group["description"], _dated(group["schema"], DRAFTS[draft]), tuple(group["tests"])) for group in read
    )


def others(group: Group) -> dict[str, Any]:
    """The documents of the suite's server that a schema leads to."""
    found: dict[str, Any] = {}
    waiting = [json.dumps(group.schema)]
    while waiting:
        text = waiting.pop()
        for address, document in _remotes().items():
            ours = "/draft" not in address or f"/{group.draft}/" in address or address in text
            if ours and address not in found and address.rpartition("/")[2] in text:
                found[address] = document
                waiting.append(json.dumps(document))
    return found


@cache
def _remotes() -> dict[str, Any]:
    folder = FOLDER / "remotes"
    return {
        _SERVER + path.relative_to(folder).as_posix(): json.loads(path.read_text(encoding="utf-8"))
        for path in sorted(folder.rglob("*.json"))
    }


def _dated(schema: Any, uri: str) -> Any:
    return {"$schema": uri, **schema} if isinstance(schema, dict) and "$schema" not in schema else schema


def every_group() -> Iterator[Group]:
    """All groups of both drafts."""
    for draft, file in files():
        yield from groups(draft, file)
