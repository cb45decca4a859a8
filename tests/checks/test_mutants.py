"""A wrong configuration is not published: hundreds of single mistakes, made by operators, against everything that is checked.

A mutant counts as caught when the checks find an error that the right documents do not have.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path

import msgspec
import mutants_of_forms
import mutants_of_overlays
import mutants_of_processes
import mutants_of_references
import mutants_of_rules
import mutants_of_shape
import pytest
from mutation import Edits, Ground, Operator, spread
from shipped_documents import REGION, ROOT, SERVICE, documents

from server.exports.folder import read_trees
from server.findings import Finding

SECOND_SERVICE, SECOND_REGION = "guizhou/newborn", "520000"
#: A city in whose overlay changes are made.
CITY = "140100"
OF_BASES: tuple[Operator, ...] = (
    *mutants_of_references.OPERATORS,
    *mutants_of_shape.OPERATORS,
    *mutants_of_forms.OPERATORS,
    *mutants_of_rules.OPERATORS,
    *mutants_of_processes.OPERATORS,
)
#: Operator and ground, and how many mutants are made of each there; the shipped service takes four times as long to check.
MOST = {"base": 4, "second": 7, "city": 12}
CHUNKS = 8
GOAL = 0.95


class Mutant(msgspec.Struct, frozen=True):
    """One wrong configuration."""

    operator: str
    ground: str
    edits: Edits

    def __str__(self) -> str:
        changes = (f"{path.split('/', 1)[1]}#{pointer} = {str(value)[:120]}" for (path, pointer), value in self.edits.items())
        return f"{self.operator} ({self.ground}): {'; '.join(changes)}"


@cache
def ground(name: str) -> Ground:
    match name:
        case "second":
            return Ground(documents() | read_trees(Path(ROOT, "tests/services")).documents, SECOND_SERVICE, SECOND_REGION)
        case "city":
            return Ground(documents(), SERVICE, CITY)
    return Ground(documents(), SERVICE, REGION)


def made(operator: Operator, name: str) -> Iterator[Mutant]:
    yield from (Mutant(operator.__name__, name, edits) for edits in spread(list(operator(ground(name))), MOST[name]))


@cache
def mutants() -> tuple[Mutant, ...]:
    of_bases = (one for operator in OF_BASES for name in ("base", "second") for one in made(operator, name))
    return (*of_bases, *(one for operator in mutants_of_overlays.OPERATORS for one in made(operator, "city")))


def errors(found: tuple[Finding, ...]) -> set[tuple[str, str, str]]:
    return {(finding.path, finding.pointer, finding.code) for finding in found if finding.severity == "error"}


@pytest.mark.parametrize("name", MOST)
def test_the_right_documents_have_no_error(name: str) -> None:
    assert errors(ground(name).findings({})) == set()


def test_there_are_hundreds_of_mutants_of_every_operator() -> None:
    operators = {*OF_BASES, *mutants_of_overlays.OPERATORS}
    assert len(mutants()) >= 400
    assert {mutant.operator for mutant in mutants()} == {operator.__name__ for operator in operators}
    assert all(ground(mutant.ground).mutated(mutant.edits) != ground(mutant.ground).documents for mutant in mutants())


@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_a_wrong_configuration_is_not_published(chunk: int) -> None:
    tried = mutants()[chunk::CHUNKS]
    missed = [mutant for mutant in tried if not errors(ground(mutant.ground).findings(mutant.edits))]
    assert len(missed) <= (1 - GOAL) * len(tried), "\n".join(["published all the same:", *map(str, missed)])
