"""Steps with any data: every rule that decides where a process goes is taken for true once and for false once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, TypeVar

from server.checks.shapes import CHILD
from server.processes.compiled import ChoiceNode, CompiledProcess, EachNode, ForkNode, Text
from server.processes.values import CaseFacts, Values
from server.rules.expressions import Rule
from server.rules.tables import CompiledTable, Decision
from server.types import JsonValue

_Result = TypeVar("_Result")
#: Ways of deciding one step beyond which it counts as not explored.
MAX_PLAYS = 1_024


class TooManyWays(Exception):
    """A step can be decided in more ways than are tried."""


class Guesses:
    """What is guessed in one play of a step: as the script says, then the first of what is left."""

    def __init__(self, script: list[int]) -> None:
        self._script = script
        #: Each guess with the number of ways there were.
        self.made: list[tuple[int, int]] = []

    def pick(self, count: int) -> int:
        """One of so many ways."""
        position = len(self.made)
        guess = self._script[position] if position < len(self._script) else 0
        self.made.append((guess, count))
        return guess


def plays(play: Callable[[Guesses], _Result]) -> Iterator[_Result]:
    """What a play comes to for every way of guessing."""
    script: list[int] = []
    for _ in range(MAX_PLAYS):
        guesses = Guesses(script)
        yield play(guesses)
        made = guesses.made
        while made and made[-1][0] + 1 == made[-1][1]:
            made.pop()
        if not made:
            return
        script = [guess for guess, _ in made]
        script[-1] += 1
    raise TooManyWays


class OpenCase(CaseFacts, frozen=True, kw_only=True):
    """A case of which nothing is known."""

    guesses: Guesses
    #: Texts of the rules on which it depends where a token goes.
    deciding: frozenset[str]

    def values(self, process: CompiledProcess, variables: Mapping[str, JsonValue], row: JsonValue = None) -> Values:
        """Guessed values."""
        return _GuessedValues(process, self)


class _GuessedValues(Values):
    """Values of which only those are guessed that decide; a rule keeps its value until a node changes something."""

    def __init__(self, process: CompiledProcess, case: OpenCase) -> None:
        super().__init__(process, case, {})
        self._case = case
        self._guessed: dict[str, bool] = {}

    def of(self, rule: Rule) -> Any:
        """A guess for a rule that decides, and any value for another."""
        if rule.text in self._case.deciding:
            guess = self._guess(rule.text)
            return guess if rule.type == "bool" else [CHILD] if guess else []
        return str(self._case.place) if rule.type == "string" else False

    def holds(self, rule: Rule | None) -> bool:
        """Whether a rule is taken for true."""
        return rule is None or self._guess(rule.text)

    def text(self, text: Text) -> str | Rule:
        """No text."""
        return ""

    def decide(self, table: CompiledTable) -> Decision:
        """Some decision: what depends on it is guessed where it is used."""
        return Decision(table=table.id, row="", inputs={}, outputs={}, reason="")

    def answer(self, node: str, name: str) -> JsonValue:
        """No answer."""
        return None

    def replace(self, node: str, gone: Iterable[str], variables: Mapping[str, JsonValue]) -> None:
        """Lets every rule be guessed anew."""
        self._guessed.clear()

    def _guess(self, text: str) -> bool:
        if text not in self._guessed:
            self._guessed[text] = self._case.guesses.pick(2) == 0
        return self._guessed[text]


def deciding_rules(processes: Iterable[CompiledProcess]) -> frozenset[str]:
    """The texts of the rules on which it depends where a token goes, besides those of the outcomes of tasks."""
    found: set[str] = set()
    for process in processes:
        for node in process.nodes.values():
            match node:
                case ChoiceNode(ways=ways) | ForkNode(ways=ways):
                    found |= {way.when.text for way in ways if way.when is not None}
                case EachNode(over=over):
                    found.add(over.text)
    return frozenset(found)
