"""What the province does not let its cities and counties change: every lock holds, says why, and leaves room for the rest."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from local_layers import TAIYUAN, base, inner_path, with_layer
from social_assistance import SERVICE

from server.definitions.bundle import Lock
from server.documents.pointer import MISSING, parse_pointer
from server.findings import Finding
from server.messages.findings import finding_text
from server.overlays.authoring import patch_between
from server.overlays.compose import compose
from server.overlays.layering import normal_of, shape_of
from server.overlays.locks import deciding_lock, lock_key, locks_of, locks_on
from server.overlays.normal import Place, member, members_of
from server.overlays.shapes import Shape, member_shape

_ATTEMPT = re.compile(r"^(?P<inner>\S+?)#(?P<pointer>\S*) = (?P<value>.+)\n=>(?P<code> \S+)?(?P<word>.*)$", re.MULTILINE)

ATTEMPTS = [match.groups() for match in _ATTEMPT.finditer(Path(__file__).with_name("breaches.txt").read_text(encoding="utf-8"))]
LOCKS = tuple(lock for lock in locks_of(base(), SERVICE) if lock.pointer not in ("/format", "/id", "/region"))
#: What departments and systems see may become less.
MAY_SHRINK = ("/common_scope", "/operations/*/data_scope")
#: Locks under which nothing may be taken away.
HOLDING = [lock for lock in LOCKS if lock.allow not in ("any", "relax") and lock.pointer not in MAY_SHRINK]


def refused(inner: str, patch: Any) -> tuple[Finding, ...]:
    return compose(with_layer(TAIYUAN, {inner: patch}), service_id=SERVICE, region=TAIYUAN).findings


@pytest.mark.parametrize(("inner", "pointer", "value", "code", "word"), ATTEMPTS, ids=lambda part: (part or "")[:40])
def test_a_city_may_do_what_no_lock_forbids_and_hears_the_reason_otherwise(
    inner: str, pointer: str, value: str, code: str | None, word: str
) -> None:
    patch = json.loads(value)
    for segment in reversed(parse_pointer(pointer)):
        patch = {segment: patch}
    found = refused(inner, patch)
    assert {finding.code for finding in found} == ({code.strip()} if code else set())
    for finding in found:
        assert finding.severity == "error"
        assert finding.path.endswith(f"/overlays/{TAIYUAN}/{inner}")
        assert "山西省" in finding_text(finding)
        assert word.strip() in finding_text(finding)


def test_every_permission_is_used_and_every_lock_says_why() -> None:
    assert len({lock_key(lock) for lock in LOCKS}) == len(LOCKS) > 70
    assert all(lock.reason and lock.reason.endswith("。") and len(lock.reason) >= 8 for lock in LOCKS)
    assert {lock.allow for lock in LOCKS} == {"none", "add", "tighten", "relax", "decrease", "any"}
    assert {code.strip() for *_, code, _ in ATTEMPTS if code} == {
        *(f"lock-{allow}" for allow in ("none", "add", "tighten", "relax", "decrease")),
        "lock-loosened",
    }


@pytest.mark.parametrize("lock", HOLDING, ids=lock_key)
def test_what_a_lock_guards_cannot_be_taken_away(lock: Lock) -> None:
    path, place = next(guarded(lock))
    shape = shape_of(path, SERVICE)
    before = normal_of(base()[path], shape)
    patch = patch_between(before, without(before, place), shape=shape) if place else None
    found = refused(inner_path(path), patch)
    assert any(finding.code.startswith("lock-") for finding in found), (path, place)


def guarded(lock: Lock) -> Iterator[tuple[str, Place]]:
    """Every place of the base for which a lock decides; the first entry of it for a lock that lets entries be added."""
    for path in base():
        if locks_on((lock,), path=path, service_id=SERVICE):
            shape = shape_of(path, SERVICE)
            for place, value, here in reached(normal_of(base()[path], shape), parse_pointer(lock.pointer), shape):
                if deciding_lock(LOCKS, service_id=SERVICE, path=path, place=place) == lock:
                    entries = members_of(value, here) if lock.allow == "add" else ()
                    yield path, (*place, *entries[:1])


def reached(value: Any, pattern: Place, shape: Shape, place: Place = ()) -> Iterator[tuple[Place, Any, Shape]]:
    """Every place that a pattern leads to, with its value and shape."""
    if not pattern:
        yield place, value, shape
        return
    for name in members_of(value, shape) if pattern[0] == "*" else pattern[:1]:
        inner = member(value, name, shape)
        if inner is not MISSING:
            yield from reached(inner, pattern[1:], member_shape(shape, name), (*place, name))


def without(value: Any, place: Place) -> Any:
    if len(place) == 1:
        return {name: held for name, held in value.items() if name != place[0]}
    return {**value, place[0]: without(value[place[0]], place[1:])}
