"""Wrong configurations made from right ones: what a mutant is, where it can be made, and whether it would be published.

An operator yields edits of which each leaves a configuration that is wrong for a reason found in the documents alone; whatever
could also be somebody's decision (another title, another limit within the promise) is no mutant.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any

from server.checks.run import run_checks
from server.checks.subject import compile_subject
from server.checks.workshop import Workshop
from server.definitions.service import place_of
from server.documents.pointer import MISSING, format_pointer, remove, replace, resolve
from server.findings import Finding


class Gone:
    """The type of `GONE`, which stands for what is taken away."""

    def __repr__(self) -> str:
        return "gone"


GONE = Gone()
#: Path and pointer to the value that is set there; the empty pointer stands for the document.
Edits = Mapping[tuple[str, str], Any]


class Ground:
    """The right documents of one service for one region, in which mutants are made."""

    def __init__(self, documents: Mapping[str, Any], service_id: str, region: str) -> None:
        self.service_id, self.region = service_id, region
        # Examples only warn, and trying them on takes longer than everything else.
        self.documents = {path: value for path, value in documents.items() if self._is_own(path)}
        self._workshop = Workshop()

    def _is_own(self, path: str) -> bool:
        roots = ("form_schemas/library/", f"form_schemas/{self.service_id}/", f"process_defs/{self.service_id}/")
        return path.startswith(roots) and not any(part in path for part in ("/examples/", "/walks/"))

    def path(self, inner: str) -> str:
        """The path of a document named by its path inside the bundle or the library."""
        roots = (f"form_schemas/{self.service_id}/", f"process_defs/{self.service_id}/", "form_schemas/library/")
        return next(root + inner for root in roots if place_of(root + inner, self.service_id) is not None)

    def of_kind(self, kind: str) -> dict[str, Any]:
        """Path to document, of every document of a kind."""
        return {path: value for path, value in self.documents.items() if self._kinds[path] == kind}

    @cached_property
    def _kinds(self) -> dict[str, str]:
        places = {path: place_of(self._target(path), self.service_id) for path in self.documents}
        return {path: place.kind if place is not None else "" for path, place in places.items()}

    def _target(self, path: str) -> str:
        """The document that a path stands for: for a patch of the ground's region the one it changes."""
        return path.replace(f"/overlays/{self.region}/", "/")

    def in_layer(self, edits: Edits) -> bool:
        """Whether edits set something in what the ground's region changes, and nowhere else."""
        return all(f"/overlays/{self.region}/" in path and value is not GONE for (path, _), value in edits.items())

    def sites(self, kind: str, *patterns: str) -> Iterator[tuple[tuple[str, str], Any]]:
        """Place and value of everything in documents of a kind that a pattern leads to; `*` is any member, `**` any way down."""
        for path, document in self.of_kind(kind).items():
            for pattern in patterns:
                for segments in _matches(document, tuple(pattern.split("/")[1:])):
                    pointer = format_pointer(segments)
                    yield (path, pointer), resolve(document, pointer)

    @cached_property
    def text(self) -> str:
        """Everything the documents say, for asking whether something is named anywhere."""
        return "\n".join(json.dumps(document, ensure_ascii=False) for document in self.documents.values())

    def at(self, place: tuple[str, str]) -> Any:
        """What stands at a place."""
        return resolve(self.documents[place[0]], place[1])

    def has(self, place: tuple[str, str]) -> bool:
        """Whether something stands at a place."""
        return self.at(place) is not MISSING

    def mutated(self, edits: Edits) -> dict[str, Any]:
        """The documents with these edits."""
        documents = dict(self.documents)
        for (path, pointer), value in edits.items():
            if value is not GONE:
                documents[path] = replace(documents.get(path), pointer, value) if pointer else value
            elif pointer:
                documents[path] = remove(documents[path], pointer)
            else:
                del documents[path]
        return documents

    def findings(self, edits: Edits) -> tuple[Finding, ...]:
        """What checks say about the documents with these edits."""
        subject = compile_subject(self.mutated(edits), self.service_id, self.region, self._workshop)
        return run_checks(subject, self._workshop)


#: Yields the edits of mutants of one sort.
Operator = Callable[[Ground], Iterator[Edits]]


def _matches(value: Any, pattern: tuple[str, ...], place: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    if not pattern:
        yield place
        return
    head, rest = pattern[0], pattern[1:]
    members: Any = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    if head == "**":
        yield from _matches(value, rest, place)
    for name, member in members:
        if head == "**":
            yield from _matches(member, pattern, (*place, name))
        elif head == "*" or head == str(name):
            yield from _matches(member, rest, (*place, name))


def spread(found: Sequence[Any], most: int) -> list[Any]:
    """At most so many of them, evenly spread, always the same."""
    if len(found) <= most:
        return list(found)
    return [found[index * len(found) // most] for index in range(most)]


def above(place: tuple[str, str]) -> tuple[str, str]:
    """The place that holds a place."""
    return place[0], place[1].rpartition("/")[0]


def below(place: tuple[str, str], *members: str | int) -> tuple[str, str]:
    """A place further down."""
    return place[0], place[1] + format_pointer(members)


def name_of(place: tuple[str, str]) -> str:
    """The member a place is, or the name of its document."""
    pointer = place[1] or re.sub(r"\.(process|table)?\.?json$|\.md$", "", "/" + place[0].rsplit("/", 1)[1])
    return pointer.rpartition("/")[2].replace("~1", "/").replace("~0", "~")
