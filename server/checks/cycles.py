"""Rules of fields do not go in circles, so that every form comes to rest."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from server.checks.layout import form_document
from server.checks.subject import Subject
from server.definitions.service import Service
from server.findings import Finding
from server.forms.compile import CompiledForm


def check_circles(subject: Subject, service: Service) -> Iterator[Finding]:
    """No field's value or relevance depends on itself by way of others."""
    for form in (subject.form, *subject.task_forms.values()):
        if form is None:
            continue
        depends = _dependencies(form)
        document = form_document(service, form.definition, "logic.json")
        for field in sorted(depends):
            circle = _circle(field, depends)
            if circle:
                yield document.under("fields", field).error("rule-cycle", field=field, circle=" → ".join(circle))


def _dependencies(form: CompiledForm) -> dict[str, tuple[str, ...]]:
    """Field id to the fields its relevance or value depends on, directly or through facts."""
    facts = {fact.name: tuple(name for name in fact.operands if isinstance(name, str)) for fact in form.facts.facts}
    found: dict[str, tuple[str, ...]] = {}
    for field, rules in form.logic.items():
        named = [name for rule in (rules.relevant, rules.computed) if rule is not None for name in rule.references]
        found[field] = tuple(dict.fromkeys(_fields(form, field, named, facts)))
    return found


def _fields(form: CompiledForm, field: str, names: list[str], facts: Mapping[str, tuple[str, ...]]) -> Iterator[str]:
    """The ruled fields among names, facts opened up and `row.` read as the field's own row."""
    group = form.fields[field].group
    pending, seen = list(names), set[str]()
    while pending:
        name = pending.pop()
        if name in seen:
            continue
        seen.add(name)
        if name in facts:
            pending += facts[name]
            continue
        name = f"{group}[].{name.removeprefix('row.')}" if group and name.startswith("row.") else name
        while name and name not in form.logic:
            name = name.rpartition(".")[0]
        if name:
            yield name


def _circle(start: str, depends: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    """The shortest way from a field back to itself; nothing when there is none."""
    ways: list[tuple[str, ...]] = [(start, name) for name in depends.get(start, ())]
    seen: set[str] = set()
    while ways:
        way, *ways = ways
        if way[-1] == start:
            return way
        if way[-1] not in seen:
            seen.add(way[-1])
            ways += [(*way, name) for name in depends.get(way[-1], ())]
    return ()
