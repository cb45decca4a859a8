"""Rules lean on answers that somebody can give: a field that no page asks for is never answered."""

from __future__ import annotations

from collections.abc import Iterator

from server.checks.place import Place
from server.checks.rules import placed_facts, rules_of
from server.checks.subject import Subject
from server.definitions.service import Service
from server.findings import Finding
from server.forms.compile import CompiledForm


def check_answers(subject: Subject, service: Service) -> Iterator[Finding]:
    """No rule and no fact uses a field of its form that stands on no page."""
    for one in rules_of(subject, service):
        if one.form is not None:
            yield from _never_asked(one.form, one.rule.references, one.group, one.place)
    for place, fact, form, _ in placed_facts(subject, service):
        if form is not None:
            yield from _never_asked(form, [name for name in fact.operands if isinstance(name, str)], fact.group, place)


def _never_asked(form: CompiledForm, names: list[str] | tuple[str, ...], group: str, here: Place) -> Iterator[Finding]:
    for name in dict.fromkeys(names):
        whole = f"{group}[].{name.removeprefix('row.')}" if group and name.startswith("row.") else name
        if _is_asked_for(form, whole) and not _is_on_a_page(form, whole):
            yield here.error("field-never-asked", field=whole)


def _is_asked_for(form: CompiledForm, name: str) -> bool:
    """Whether a name is that of an answer, and not of a fact, a parameter or something a process yields."""
    group, mark, member = name.partition("[].")
    if not mark:
        return name in form.variables
    listed = form.variables.get(group)
    row = listed.element if listed is not None else None
    for part in member.split("."):
        row = row.members.get(part) if row is not None else None
    return row is not None


def _is_on_a_page(form: CompiledForm, name: str) -> bool:
    """Whether a field, or the one it is a member of, has a control; facts of rows are no fields."""
    while name:
        if name in form.fields:
            return True
        name = name.rpartition(".")[0]
    return False
