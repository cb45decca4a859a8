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
#: A city against whose upper level changes are made, and the regions in whose layers they are made.
CITY = "140100"
LAYERS = ("140100", "140200", "140500", "140522", "141124")
OF_BASES: tuple[Operator, ...] = (
    *mutants_of_references.OPERATORS,
    *mutants_of_shape.OPERATORS,
    *mutants_of_forms.OPERATORS,
    *mutants_of_rules.OPERATORS,
    *mutants_of_processes.OPERATORS,
)
#: Those that set something wrong in what they find, be it a whole document or a patch.
OF_LAYERS: tuple[Operator, ...] = (
    mutants_of_references.misspelt_reference,
    mutants_of_shape.wrong_type,
    mutants_of_shape.unknown_member,
    mutants_of_shape.unknown_value,
    mutants_of_rules.unknown_name,
    mutants_of_rules.half_a_rule,
    mutants_of_rules.wrong_operands,
    mutants_of_rules.wrong_result,
)
#: Ground, and how many mutants an operator makes there; the second service is checked much faster than the shipped one.
MOST = {"base": 4, "second": 6, "city": 16, **dict.fromkeys(LAYERS, 1)}
CHUNKS = 8
GOAL = 0.97


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
    if name == "second":
        return Ground(documents() | read_trees(Path(ROOT, "tests/services")).documents, SECOND_SERVICE, SECOND_REGION)
    return Ground(documents(), SERVICE, {"base": REGION, "city": CITY}.get(name, name))


def made(operator: Operator, name: str) -> Iterator[Mutant]:
    edits = [edits for edits in operator(ground(name)) if name not in LAYERS or ground(name).in_layer(edits)]
    yield from (Mutant(operator.__name__, name, chosen) for chosen in spread(edits, MOST[name]))


@cache
def mutants() -> tuple[Mutant, ...]:
    plan = {"base": OF_BASES, "second": OF_BASES, "city": mutants_of_overlays.OPERATORS, **dict.fromkeys(LAYERS, OF_LAYERS)}

    turns = [(name, operator) for name, operators in plan.items() for operator in operators]
    return tuple(mutant for name, operator in turns for mutant in made(operator, name))


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
