"""Values of documents in words: codes by their titles, lengths of time and amounts with their units, rules read back."""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Mapping
from typing import Any

from server.differences.lexicon import Lexicon, shortened, text_at
from server.differences.nouns import Noun, Speaker, name_words
from server.differences.rule_reading import Named, read_rule
from server.documents.pointer import MISSING
from server.messages.difference_terms import LENGTHS, SINGLE_LENGTHS, UNITS, VALUES, Words
from server.messages.differences import CLAUSE, COMMA, ELLIPSIS, SEMICOLON, SENTENCE_ENDS, listed, part, quoted, same_words, term
from server.overlays.layering import too_deep
from server.overlays.normal import Place
from server.types import JsonValue

_LONGEST = 60
#: Longest text that is repeated whole beside the one it replaces.
SHORT_TEXT = 48
_LINES = 2
_SENTENCE = re.compile(f"[^{SENTENCE_ENDS}\n]+[{SENTENCE_ENDS}]?")
_NAMED = ("field", "form_field", "item", "agency", "node", "process", "table", "notice", "connector", "codelist")
_QUOTED = (*_NAMED, "consent", "form", "region", "own_code")
#: Words for places whose rules are true or false.
_CONDITIONS = ("relevant", "required_rule", "due", "waived", "when", "holds", "instead_when")
_BOUNDS = {"at_least": "at-least", "more_than": "more-than", "at_most": "at-most", "below": "below"}


def value_words(value: Any, noun: Noun, speaker: Speaker, place: Place) -> Words:
    """A value as its place has it said; anything else as short JSON."""
    saying = noun.saying
    if value is MISSING or value is None:
        return part("here")
    match value:
        case str() if saying == "rule":
            return read_rule(value, Names(speaker, noun.field_id), condition=noun.term in _CONDITIONS)
        case str() if saying in VALUES:
            return VALUES[saying].get(value, quoted(same_words(value)))
        case str() if saying in _QUOTED or saying.startswith("code:"):
            return quoted(name_words(speaker.lexicon, saying, value, form=speaker.form, process=speaker.name))
        case str():
            return quoted(same_words(shortened(value, _LONGEST)))
        case bool():
            return part("yes" if value else "no")
        case int() | float() if saying in LENGTHS:
            return length_words({saying: value})
        case int() if saying == "amount":
            return amount_words(value, unit_of(speaker, place))
        case dict() if saying == "duration":
            return length_words(value)
        case dict() | list() if saying.startswith("names:"):
            return names_words(value, saying.removeprefix("names:"), speaker)
        case dict() if noun.term == "cell":
            return cell_words(value, place[-1], speaker)
    if isinstance(value, str | int) and noun.term == "then":
        return output_words(value, place[-1], speaker)
    return json_words(value)


def length_words(value: Mapping[str, Any]) -> Words:
    """A length of time."""
    parts = [
        part("figure", number=str(number), unit=(SINGLE_LENGTHS if number == 1 else LENGTHS)[unit])
        for unit, number in value.items()
        if unit in LENGTHS
    ]
    return listed(parts) if parts else json_words(dict(value))


def amount_words(value: int, unit: str) -> Words:
    """An amount in the unit of its parameter."""
    words, scale = UNITS.get(unit, (same_words(unit), 1))
    number = f"{value / scale:.2f}".removesuffix(".00") if scale != 1 else str(value)
    return part("percent", number=number) if unit == "percent" else part("figure", number=number, unit=words)


def unit_of(speaker: Speaker, place: Place) -> str:
    """The unit of the parameter that a place lies in."""
    return text_at(speaker.lexicon.document("parameters"), "parameters", place[1] if len(place) > 1 else "", "unit")


def names_words(value: Any, saying: str, speaker: Speaker) -> Words:
    """A list of ids by the names of what they stand for."""
    names = [quoted(name_words(speaker.lexicon, saying, str(one), process=speaker.name)) for one in value]
    return listed(names) if names else part("here")


def cell_words(cell: Any, column: str, speaker: Speaker) -> Words:
    """The values that a cell of a decision table admits."""
    if not isinstance(cell, dict):
        return json_words(cell)
    if isinstance(cell.get("is"), bool):
        return part("yes" if cell["is"] else "no")
    if isinstance(cell.get("codes"), dict | list):
        codelist = text_at(speaker.lexicon.document("table", speaker.name), "inputs", column, "codelist")
        return listed([quoted(same_words(speaker.lexicon.code(codelist, str(code)))) for code in cell["codes"]])
    bounds = [part(name, number=json_words(cell[bound])) for bound, name in _BOUNDS.items() if bound in cell]
    return listed(bounds, CLAUSE) if bounds else json_words(cell)


def output_words(value: Any, column: str, speaker: Speaker) -> Words:
    """A result of a decision table."""
    if not isinstance(value, str):
        return part("yes" if value else "no") if isinstance(value, bool) else json_words(value)
    codelist = text_at(speaker.lexicon.document("table", speaker.name), "outputs", column, "codelist")
    return quoted(same_words(shortened(speaker.lexicon.code(codelist, value), _LONGEST)))


def rules_words(rules: Any, field_id: str, speaker: Speaker) -> Words | None:
    """All rules of a field."""
    parts = []
    for aspect, rule in _members(rules):
        noun = speaker.noun(("fields", field_id, aspect))
        parts.append(part("named", name=noun.own, value=value_words(rule, noun, speaker, ("fields", field_id, aspect))))
    return listed(parts, SEMICOLON) if parts else None


def row_words(row: Any, speaker: Speaker) -> Words | None:
    """A row of a decision table: its conditions and its results."""
    if not isinstance(row, dict):
        return None
    cells, results = [], []
    for column, cell in _members(row.get("when")):
        title = speaker.key_words("input", column, ())
        cells.append(part("is", title=title, value=cell_words(cell, column, speaker)))
    for column, value in _members(row.get("then")):
        title = speaker.key_words("output", column, ())
        results.append(part("is", title=title, value=output_words(value, column, speaker)))
    said = listed(results, COMMA)
    return part("with-cells", cells=listed(cells, CLAUSE), results=said) if cells else part("always", results=said)


def json_words(value: Any) -> Words:
    """Any value, cut where it is long."""
    if isinstance(value, str):
        return quoted(same_words(shortened(value, _LONGEST)))
    if too_deep(value):
        return same_words(ELLIPSIS)
    return same_words(shortened(json.dumps(value, ensure_ascii=False, default=str), _LONGEST))


def lines_words(before: str, after: str) -> Words:
    """What was taken out of a text and put in, line by line; only the first of many."""
    old, new = (_sentences(text) for text in (before, after))
    found: list[Words] = []
    for line in difflib.unified_diff(old, new, lineterm="", n=0):
        if line.startswith(("---", "+++", "@@")) or not line[1:].strip():
            continue
        name = "lines-in" if line.startswith("+") else "lines-out"
        found.append(part(name, text=shortened(line[1:], _LONGEST)))
    more = [part("lines-more", count=len(found) - 2 * _LINES)] if len(found) > 2 * _LINES else []
    return listed([*found[: 2 * _LINES], *more], SEMICOLON) if found else quoted(same_words(shortened(after, _LONGEST)))


def _sentences(text: str) -> list[str]:
    return [line for line in _SENTENCE.findall(text) if line.strip()]


def _members(value: JsonValue) -> list[tuple[str, Any]]:
    return list(value.items()) if isinstance(value, dict) else []


class Names:
    """What people call the variables of rules at one place."""

    def __init__(self, speaker: Speaker, field_id: str) -> None:
        self._speaker = speaker
        #: Group whose rows `row.<field>` stands for.
        self._group = field_id.partition("[].")[0] if "[]." in field_id else ""

    def __call__(self, name: str) -> Named:
        """The variable's words and the titles of its codes."""
        lexicon, form = self._speaker.lexicon, self._speaker.form
        head, _, rest = name.partition(".")
        if head == "row" and self._group:
            name = f"{self._group}[].{rest}"
        if head == "parameters":
            return Named(words=quoted(same_words(lexicon.entry("parameters", "parameters", rest))))
        if head == "provided":
            title = lexicon.entry("materials", "materials", rest)
            return Named(words=part("provided", noun=term("material", same_words(title))))
        for known in dict.fromkeys((form, "")):
            found = _form_name(lexicon, known, name)
            if found is not None:
                return found
        return _process_name(self._speaker, name) or Named(words=quoted(same_words(name)))


def _form_name(lexicon: Lexicon, form: str, name: str) -> Named | None:
    """A field of a form, a part of one, or one of its facts."""
    found = lexicon.field(form, name)
    if found is not None:
        return Named(words=quoted(same_words(found.label)), codes=found.codes)
    logic = lexicon.document("task_logic" if form else "logic", form)
    title = text_at(logic, "facts", name, "title")
    if title:
        return Named(words=quoted(same_words(title)))
    whole, _, last = name.rpartition(".")
    upper = lexicon.field(form, whole)
    if upper is None:
        return None
    inner = text_at(upper.schema, "properties", last, "title") or last
    return Named(words=quoted(part("part", whole=upper.label, part=inner)))


def _process_name(speaker: Speaker, name: str) -> Named | None:
    """A fact of the process, or what a step of it came to."""
    lexicon, process = speaker.lexicon, _process_of(speaker)
    title = text_at(process, "facts", name, "title")
    if title:
        return Named(words=quoted(same_words(title)))
    head, _, rest = name.partition(".")
    step = text_at(process, "nodes", head, "title")
    if not step or not rest:
        return None
    form = text_at(process, "nodes", head, "form")
    found = lexicon.field(form, rest) if form else None
    inner = part("chosen-outcome") if rest == "outcome" else same_words(found.label if found is not None else rest)
    return Named(words=quoted(part("part", whole=step, part=inner)), codes=found.codes if found is not None else {})


def _process_of(speaker: Speaker) -> JsonValue:
    """The process that the rules of a document belong to; none for those of forms."""
    match speaker.kind:
        case "process":
            return speaker.lexicon.document("process", speaker.name)
        case "table":
            return speaker.lexicon.process_with(speaker.name)
    return None
