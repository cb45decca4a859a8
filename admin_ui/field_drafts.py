"""A field as it stands in the editor: every input as text, filled from the documents or from a post, and read back as facts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from admin_ui.conditions import Condition, Joint, Row, Variable, cel_of, condition_of, typed_value
from server.definitions.field_edits import FieldFacts, Options
from server.definitions.scope_edits import FieldScope
from server.findings import Refused
from server.forms.body import Body
from server.rules.expressions import Environment, Rule, compile_rule
from server.rules.types import BOOL

#: Rules that are written as text only.
TEXT_RULES = ("required", "computed", "suggested", "options")
ALWAYS, ROWS, TEXT, NEVER = "always", "rows", "text", "never"
#: The rule that says nothing but that a field has to be filled in while it is shown.
_TRUE = "true"
_SPARE_ROWS = 1
_MOST_ROWS = 12
_MOST_LINES = 2_000


class FieldDraft(msgspec.Struct, frozen=True, kw_only=True):
    """What the inputs of the editor hold."""

    label: str
    hint: str
    #: Whether it has to be filled in while it is shown: `never`, `always`, or as the `text` of its rule says.
    required: str
    #: Whether the options come from a code list or are listed here; empty for fields that are no choice.
    option_mode: str
    codelist: str = ""
    #: One option a line, `code title`.
    listed: str = ""
    #: How relevance is said: `always`, by `rows`, or as `text`.
    relevance: str = ALWAYS
    joint: Joint = "all"
    rows: tuple[Row, ...] = ()
    relevant: str = ""
    #: Texts of the other rules by aspect.
    rules: dict[str, str] = {}
    #: Whether every department sees the field, and the items whose departments see it.
    everyone: bool = False
    items: tuple[str, ...] = ()


def draft_of(facts: FieldFacts, scope: FieldScope, variables: Mapping[str, Variable]) -> FieldDraft:
    """The inputs that say what the documents say; a simple condition as rows."""
    options, relevant, required = facts.options, facts.rules.get("relevant", ""), facts.rules.get("required", "")
    condition = simple_condition(relevant, variables)
    return FieldDraft(
        label=facts.label,
        hint=facts.hint,
        required=ALWAYS if _is_always(facts) else TEXT if required else NEVER,
        option_mode="" if options is None else "codelist" if options.codelist else "listed",
        codelist=options.codelist if options is not None else "",
        listed=options_text(options.listed) if options is not None else "",
        relevance=ALWAYS if not relevant else ROWS if condition is not None else TEXT,
        joint=condition.joint if condition is not None else "all",
        rows=condition.rows if condition is not None else (),
        relevant=relevant,
        rules={aspect: facts.rules[aspect] for aspect in TEXT_RULES if aspect in facts.rules},
        everyone=scope.everyone,
        items=tuple(sorted(scope.items)),
    )


def posted_draft(body: Body) -> FieldDraft:
    """The inputs as posted."""
    count = min(sum(name.startswith("row-variable-") for name, _ in body.fields), _MOST_ROWS)
    rows = [
        Row(
            variable=body.first(f"row-variable-{number}"),
            operator=body.first(f"row-operator-{number}"),
            value=body.first(f"row-value-{number}"),
        )
        for number in range(count)
    ]
    rules = {aspect: _rule_text(body.first(f"rule-{aspect}")) for aspect in TEXT_RULES}
    return FieldDraft(
        label=" ".join(body.first("label").split()),
        hint=" ".join(body.first("hint").split()),
        required=_one_of(body.first("required"), NEVER, ALWAYS, TEXT),
        option_mode=body.first("option_mode"),
        codelist=body.first("codelist"),
        listed=_lines(body.first("listed")),
        relevance=_one_of(body.first("relevance"), ALWAYS, ROWS, TEXT),
        joint="any" if body.first("joint") == "any" else "all",
        rows=tuple(row for row in rows if row.variable),
        relevant=_rule_text(body.first("rule-relevant")),
        rules={aspect: text for aspect, text in rules.items() if text},
        everyone=body.first("scope") == "everyone",
        items=tuple(sorted(value for name, value in body.fields if name == "scope_item")),
    )


def facts_from(draft: FieldDraft, variables: Mapping[str, Variable], *, before: FieldFacts) -> FieldFacts | Refused:
    """What the inputs say, or which of them says nothing usable; what they say already is spelled as it was `before`."""
    relevant = relevance_text(draft, variables)
    options = _options(draft) if before.options is not None else None
    if isinstance(relevant, Refused):
        return relevant
    if isinstance(options, Refused):
        return options
    rules = {aspect: text for aspect, text in draft.rules.items() if aspect != "required"}
    required, rule = _requirement(draft, before)
    rules |= {aspect: text for aspect, text in (("relevant", relevant), ("required", rule)) if text}
    return FieldFacts(label=draft.label, hint=draft.hint, required=required, rules=rules, options=options)


def relevance_text(draft: FieldDraft, variables: Mapping[str, Variable]) -> str | Refused:
    """The rule of relevance that the inputs say; empty when the field is always shown."""
    if draft.relevance == TEXT:
        return draft.relevant
    if draft.relevance != ROWS or not draft.rows:
        return ""
    rows = tuple(
        msgspec.structs.replace(row, value=typed_value(row.value, variables[row.variable])) if row.variable in variables else row
        for row in draft.rows
    )
    said = cel_of(Condition(joint=draft.joint, rows=rows), variables)
    return said if isinstance(said, str) else Refused("row-unfit", {"line": rows.index(said) + 1})


def simple_condition(rule: str, variables: Mapping[str, Variable]) -> Condition | None:
    """The rows that a rule consists of, if it is that simple."""
    if not rule:
        return None
    compiled = compile_rule(Environment({name: variable.type for name, variable in variables.items()}), rule, BOOL)
    return condition_of(compiled.tree, variables) if isinstance(compiled, Rule) else None


def rows_shown(draft: FieldDraft) -> tuple[Row, ...]:
    """The rows of the condition with one to fill in."""
    return (*draft.rows, *(Row(variable="", operator="") for _ in range(_SPARE_ROWS)))[:_MOST_ROWS]


def scope_from(draft: FieldDraft) -> FieldScope:
    """Who sees the field, as the inputs say."""
    return FieldScope(everyone=draft.everyone, items=frozenset() if draft.everyone else frozenset(draft.items))


def options_text(listed: Sequence[tuple[str, str]]) -> str:
    """Options as lines of code and title."""
    return "\n".join(f"{code} {title}" for code, title in listed)


def listed_options(text: str) -> tuple[tuple[str, str], ...] | Refused:
    """Options read from lines of code and title; blank lines do not count."""
    found = []
    for number, line in enumerate(text.split("\n"), 1):
        words = line.split(None, 1)
        if len(words) == 1:
            return Refused("option-form", {"line": number})
        if words:
            found.append((words[0], words[1].strip()))
    return tuple(found)


def _is_always(facts: FieldFacts) -> bool:
    return facts.required or facts.rules.get("required") == _TRUE


def _requirement(draft: FieldDraft, before: FieldFacts) -> tuple[bool, str]:
    """Whether the schema requires the field, and the rule beside it."""
    if draft.required == TEXT:
        return False, draft.rules.get("required", "")
    if draft.required != ALWAYS:
        return False, ""
    return (before.required, before.rules.get("required", "")) if _is_always(before) else (True, "")


def _options(draft: FieldDraft) -> Options | Refused:
    if draft.option_mode == "codelist":
        return Options(codelist=draft.codelist)
    listed = listed_options(draft.listed)
    return listed if isinstance(listed, Refused) else Options(listed=listed)


def _one_of(text: str, usual: str, *others: str) -> str:
    return text if text in others else usual


def _rule_text(text: str) -> str:
    return text.replace("\r\n", "\n").strip()


def _lines(text: str) -> str:
    return "\n".join(text.replace("\r\n", "\n").split("\n")[:_MOST_LINES])
