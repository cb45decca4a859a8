"""The shipped documents with changes, for the tests of checks and releases."""

from __future__ import annotations

import copy
from functools import cache
from pathlib import Path
from typing import Any

from server.checks.run import run_checks
from server.checks.subject import compile_subject
from server.definitions.service import place_of
from server.documents.pointer import parse_pointer
from server.exports.folder import read_trees
from server.findings import Finding

ROOT = Path(__file__).resolve().parents[2]
SERVICE = "shanxi/social_assistance"
REGION = "140000"


class Gone:
    """The type of `GONE`, which stands for a member that is taken away."""


GONE = Gone()

#: Document and pointer to the value that is set there; the empty pointer stands for the document.
Changes = dict[tuple[str, str], Any]


@cache
def documents() -> dict[str, Any]:
    """The documents as shipped; not to be changed in place."""
    return read_trees(ROOT).documents


def full_path(path: str) -> str:
    """The whole path of a document named by its path inside the bundle or the library."""
    known = [f"{root}/{path}" for root in (f"form_schemas/{SERVICE}", f"process_defs/{SERVICE}", "form_schemas/library")]
    shipped = (name for name in known if name in documents())
    return next(shipped, next((name for name in known if place_of(name, SERVICE) is not None), known[0]))


def changed(changes: Changes) -> dict[str, Any]:
    """The shipped documents with these changes."""
    found = dict(documents())
    for (path, pointer), value in changes.items():
        name = full_path(path)
        if not pointer and value is GONE:
            del found[name]
            continue
        holder = {"": copy.deepcopy(found.get(name))}
        place: Any = holder
        *above, last = ("", *parse_pointer(pointer))
        for segment in above:
            place = place[int(segment) if isinstance(place, list) else segment]
        key: Any = int(last) if isinstance(place, list) else last
        if value is GONE:
            del place[key]
        elif isinstance(place, list) and key == len(place):
            place.append(value)
        else:
            place[key] = value
        found[name] = holder[""]
    return found


def findings(changes: Changes) -> tuple[Finding, ...]:
    """What checks say about the shipped documents with these changes; examples, which take long, only where one is changed."""
    found = changed(changes)
    if not any(path.startswith("examples/") for path, _ in changes):
        found = {path: value for path, value in found.items() if "/examples/" not in path}
    return run_checks(compile_subject(found, SERVICE, REGION))
