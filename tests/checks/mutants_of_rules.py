"""Mutants of rules: fields that do not exist, operands that do not go together, half expressions, conditions that cannot hold."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from mutation import GONE, Edits, Ground, Operator, above, below, name_of

#: Kind and pattern of every expression that says yes or no.
CONDITIONS = (
    ("logic", "/fields/*/relevant"),
    ("logic", "/fields/*/required"),
    ("logic", "/assertions/*/holds"),
    ("logic", "/facts/*/where"),
    ("task_logic", "/fields/*/relevant"),
    ("task_logic", "/assertions/*/holds"),
    ("materials", "/materials/*/due"),
    ("materials", "/materials/*/waived"),
    ("process", "/nodes/*/outcomes/*/when"),
    ("process", "/nodes/*/branches/*/when"),
    ("process", "/nodes/*/actor/instead_when"),
)
#: And of those that yield something else.
VALUES = (
    ("logic", "/fields/*/computed"),
    ("logic", "/fields/*/suggested"),
    ("logic", "/fields/*/options"),
    ("process", "/nodes/*/request/*"),
    ("process", "/nodes/*/prefill/*"),
    ("process", "/nodes/*/code_from"),
    ("process", "/nodes/*/over"),
    ("table", "/inputs/*/expression"),
)
_NAME = re.compile(r"(?<![\w.'])[a-z_]\w*+(?:\.[a-z_]\w*+)++(?!\()")
_COMPARED = re.compile(r"(?<![\w.'])([a-z_]\w*+(?:\.[a-z_]\w*+)++) (==|!=|in) (?:'([^']*)'|\['([^']*)')")


def _rules(ground: Ground) -> Iterator[tuple[tuple[str, str], str]]:
    for kind, pattern in (*CONDITIONS, *VALUES):
        yield from ((place, text) for place, text in ground.sites(kind, pattern) if isinstance(text, str))


def _conditions(ground: Ground) -> Iterator[tuple[tuple[str, str], str]]:
    for kind, pattern in CONDITIONS:
        yield from ground.sites(kind, pattern)


def unknown_name(ground: Ground) -> Iterator[Edits]:
    """A name in a rule, written wrong."""
    for place, text in _rules(ground):
        for found in _NAME.finditer(text):
            yield {place: f"{text[: found.end()]}x{text[found.end() :]}"}


def half_a_rule(ground: Ground) -> Iterator[Edits]:
    """Rules that break off or are not closed."""
    for place, text in _rules(ground):
        yield {place: f"{text} =="}
        yield {place: f"({text}"}
        yield {place: f"{text} 'a"}
        yield {place: text + ")"}
        yield {place: ""}


def wrong_operands(ground: Ground) -> Iterator[Edits]:
    """Values of different types compared or counted together."""
    for place, text in _conditions(ground):
        yield {place: f"({text}) == 7"}
        yield {place: f"({text}) && 'yes'"}
        yield {place: f"({text}) > 'a'"}
    for place, text in _rules(ground):
        for found in _COMPARED.finditer(text):
            if found[2] != "in" and found[3] is not None:
                yield {place: text.replace(found[0], f"{found[1]} == 7", 1)}
                yield {place: text.replace(found[0], f"{found[1]} in {found[1]}", 1)}


def swapped_operator(ground: Ground) -> Iterator[Edits]:
    """Another operator, for which the operands are of the wrong type."""
    for place, text in _conditions(ground):
        for before, after in (("&&", "+"), ("||", "*"), (" == ", " - "), (" in ", " == "), (" > ", " + "), (" != ", " && ")):
            if before in text and not (before == " == " and "exists(" in text):
                yield {place: text.replace(before, after, 1)}


def wrong_result(ground: Ground) -> Iterator[Edits]:
    """Rules that yield something other than what stands there."""
    for place, _ in _conditions(ground):
        yield {place: "'yes'"}
        yield {place: "1"}
    for kind, pattern in VALUES:
        for place, text in ground.sites(kind, pattern):
            if place[1].startswith("/facts"):
                continue
            yield {place: "[[1]]"}
            assert text is not None


def never_ending_rule(ground: Ground) -> Iterator[Edits]:
    """Rules longer than anybody can read."""
    for place, text in _conditions(ground):
        yield {place: " && ".join(["true"] * 1000)}
        yield {place: "(" * 1500 + text + ")" * 1500}


def code_of_no_list(ground: Ground) -> Iterator[Edits]:
    """A choice compared with a code that nobody can choose."""
    for place, text in _rules(ground):
        for found in _COMPARED.finditer(text):
            code = found[3] if found[3] is not None else found[4]
            if code and found[1] in _choices(ground):
                start = found.start() + found[0].rindex(f"'{code}'")
                yield {place: f"{text[:start]}'{code}_x'{text[start + len(code) + 2 :]}"}


def ruled_code_gone(ground: Ground) -> Iterator[Edits]:
    """A code that rules ask for, taken out of its list."""
    for _, text in _rules(ground):
        for found in _COMPARED.finditer(text):
            code = found[3] if found[3] is not None else found[4]
            path = _choices(ground).get(found[1], "")
            if code and path and code in ground.at((path, "/codes")):
                yield {(path, f"/codes/{code}"): GONE}


def impossible_condition(ground: Ground) -> Iterator[Edits]:
    """Conditions that never hold."""
    choices = {name: path for name, path in _choices(ground).items() if "." in name}
    for place, text in _conditions(ground):
        if place[1].endswith("/required") or place[1].startswith("/assertions") or "/facts/" in place[1]:
            continue
        yield {place: f"({text}) && false"}
        yield {place: f"({text}) && !({text})"}
        if place[1].startswith("/fields/") and "[]" not in place[1]:
            for name, path in choices.items():
                first, second, *_ = [*ground.at((path, "/codes")), "", ""]
                if second and name not in place[1]:
                    yield {place: f"{name} == '{first}' && {name} == '{second}'"}
                    yield {place: f"{name} in ['{first}'] && {name} != '{first}'"}
                    break


def impossible_number(ground: Ground) -> Iterator[Edits]:
    """Figures that no answer can have."""
    for place, schema in ground.sites("data_schema", "/properties/*/properties/*"):
        if isinstance(schema, dict) and schema.get("type") == "integer" and "minimum" in schema:
            name = ".".join(place[1].removeprefix("/properties/").split("/properties/"))
            for rule, _ in ground.sites("logic", "/fields/*/relevant"):
                if "[]" not in rule[1]:
                    yield {rule: f"{name} < {schema['minimum']}"}
                    yield {rule: f"{name} > 100 && {name} < 90"}
                    break


def hidden_below_hidden(ground: Ground) -> Iterator[Edits]:
    """A field shown only for one code beside one that is shown only for another code."""
    fields = dict(ground.sites("logic", "/fields/*/relevant"))
    for place, text in fields.items():
        found = re.fullmatch(r"([a-z_.]+) == '([^']*)'", text)
        path = _choices(ground).get(found[1], "") if found else ""
        for other in fields:
            if found and path and other != place and "[]" not in other[1]:
                others = [code for code in ground.at((path, "/codes")) if code != found[2]]
                name = name_of(above(place))
                schema = _schema_of(ground, name)
                if others and schema.get("type") == "string":
                    yield {other: f"{name} == 'x' && {found[1]} == '{others[0]}'"}


def rules_in_a_circle(ground: Ground) -> Iterator[Edits]:
    """Fields whose being asked depends on themselves."""
    for place, _ in ground.sites("logic", "/fields/*/relevant"):
        name = name_of(above(place))
        kind = _schema_of(ground, name).get("type")
        if "[]" not in name and kind in ("string", "integer"):
            yield {place: f"{name} == ''" if kind == "string" else f"{name} == 0"}
    for place, fact in ground.sites("logic", "/facts/*"):
        operator = next(iter(fact))
        if "[]" not in place[1] and operator in ("sum", "subtract", "multiply"):
            yield {below(place, operator): [name_of(place), 1]}


def wrong_fact(ground: Ground) -> Iterator[Edits]:
    """Derived facts without an operator, with too many operands, with operands of another type, or in place of a field."""
    for kind in ("logic", "process"):
        for place, fact in ground.sites(kind, "/facts/*"):
            operator = next(iter(fact))
            yield {place: {"average": fact[operator]}}
            yield {below(place, "sumx"): fact[operator], below(place, operator): GONE}
            yield {below(place, "count"): "x", below(place, "sum"): [1]}
            if operator not in ("today", "sum", "multiply", "first_of", "duplicates", "minimum", "maximum"):
                yield {below(place, operator): ["a", "b", "c", "d"]}
            if operator == "multiply":
                yield {below(place, operator): fact[operator][:1]}
            if operator == "all":
                yield {below(place, "where"): GONE}
            if operator != "today":
                yield {below(place, operator): "nowhere.nothing"}
            yield {place: GONE, below(above(place), "case.number"): fact}


def rule_of_no_field(ground: Ground) -> Iterator[Edits]:
    """Rules kept for a field that does not exist."""
    for place, rules in ground.sites("logic", "/fields/*"):
        yield {place: GONE, below(above(place), f"{name_of(place)}x"): rules}


def unknown_value_in_text(ground: Ground) -> Iterator[Edits]:
    """Letters that show what nobody knows, or whose braces stay open."""
    for place, text in ground.sites("notice", "/text"):
        yield {place: f"{text}{{applicant.nickname}}"}
        yield {place: f"{text}{{case.number"}
        yield {place: f"{text}{{}}"}
        yield {place: f"{text}{{case.number ==}}"}
    for place, text in ground.sites("process", "/nodes/*/reason"):
        yield {place: f"{text}{{nothing.here}}"}
    for place, text in ground.sites("table", "/rows/*/reason"):
        yield {place: f"{text}{{nothing}}"}


@cache
def _choices(ground: Ground) -> dict[str, str]:
    """Fields of the application with one code as answer, to the path of their list."""
    lists = {name_of((path, "")): path for path in ground.of_kind("codelist")}
    found = {}
    for place, value in ground.sites("data_schema", "/**/x-codelist"):
        if value in lists and place[1].count("/items") == 0:
            found[".".join(above(place)[1].removeprefix("/properties/").split("/properties/"))] = lists[value]
    return found


def _schema_of(ground: Ground, name: str) -> dict[str, object]:
    if "[]" in name:
        return {}
    (path,) = ground.of_kind("data_schema")
    found = ground.at((path, "".join(f"/properties/{part}" for part in name.split("."))))
    return found if isinstance(found, dict) else {}


OPERATORS: tuple[Operator, ...] = (
    unknown_name,
    half_a_rule,
    wrong_operands,
    swapped_operator,
    wrong_result,
    never_ending_rule,
    code_of_no_list,
    ruled_code_gone,
    impossible_condition,
    impossible_number,
    hidden_below_hidden,
    rules_in_a_circle,
    wrong_fact,
    rule_of_no_field,
    unknown_value_in_text,
)
