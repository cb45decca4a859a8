"""Whoever is refused is told why."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import pytest

from server.actions import office
from server.findings import Refused
from server.messages import admin, connections, pages, staff

#: Told to other systems, by code.
OF_SYSTEMS = {"unknown-request"}


def reasons() -> Iterator[tuple[str, set[str]]]:
    """Every reason that an action gives literally, with the names of its parameters."""
    for path in sorted(Path(office.__file__).parent.glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            match node:
                case ast.Call(func=ast.Name(id="Refused"), args=[ast.Constant(value=str(reason)), *rest]):
                    given = rest[0].keys if rest and isinstance(rest[0], ast.Dict) else []
                    yield reason, {key.value for key in given if isinstance(key, ast.Constant) and isinstance(key.value, str)}


def test_every_refusal_of_an_action_has_words_that_ask_for_its_parameters_only() -> None:
    found = [(reason, params) for reason, params in reasons() if reason not in OF_SYSTEMS]
    assert len(found) > 20
    texts = {**admin.REFUSALS, **staff.REFUSALS, **pages.REFUSALS}
    silent = [reason for reason, _ in found if reason not in texts]
    assert silent == []
    wanted = {reason: {name for _, name, _, _ in Formatter().parse(texts[reason]) if name} for reason, _ in found}
    assert [reason for reason, params in found if not wanted[reason] <= params] == []


@pytest.mark.parametrize("reason", sorted(connections.REFUSED_MESSAGES))
def test_a_refused_call_back_needs_no_words_for_people(reason: str) -> None:
    assert reason not in pages.REFUSALS


def test_words_without_their_parameters_are_never_shown_raw() -> None:
    for reason, text in pages.REFUSALS.items():
        assert "{" not in pages.refusal_text(Refused(reason)), text
