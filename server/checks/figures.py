"""Amounts and thresholds stand in parameters, not in rules."""

from __future__ import annotations

from collections.abc import Iterator

from server.checks.layout import form_document
from server.checks.place import Place
from server.checks.subject import Subject
from server.definitions.service import Service
from server.documents.pointer import parse_pointer
from server.findings import Finding
from server.forms.compile import CompiledForm, FieldLogic
from server.rules.expressions import Rule, figures
from server.rules.facts import Fact


def check_figures(subject: Subject, service: Service) -> Iterator[Finding]:
    """No rule holds a bare figure: who reads it cannot know what it means, and no region can change it."""
    for place, rule in _rules(subject, service):
        for figure in dict.fromkeys(figures(rule)):
            yield place.warning("bare-figure", figure=figure)


def _rules(subject: Subject, service: Service) -> Iterator[tuple[Place, Rule]]:
    for form in (subject.form, *subject.task_forms.values()):
        if form is not None:
            yield from _rules_of_form(form, form_document(service, form.definition, "logic.json"))
    for name, rules in subject.materials.items():
        here = subject.document("materials").under("materials", name)
        yield here.under("due"), rules.due
        if rules.waived is not None:
            yield here.under("waived"), rules.waived
    for process_id, process in subject.processes.items():
        document = subject.document("process", process_id)
        for pointer, rule in process.rules.items():
            yield document.under(*parse_pointer(pointer)), rule
        yield from _rules_of_facts(process.facts.facts, document)
        for table_id, table in process.tables.items():
            for name, rule in table.rules.items():
                yield subject.document("table", table_id).under("inputs", name, "expression"), rule


def _rules_of_form(form: CompiledForm, document: Place) -> Iterator[tuple[Place, Rule]]:
    for field, logic in form.logic.items():
        for aspect in FieldLogic.__struct_fields__:
            rule = getattr(logic, aspect)
            if rule is not None:
                yield document.under("fields", field, aspect), rule
    for assertion in form.assertions:
        yield document.under("assertions", assertion.id, "holds"), assertion.rule
    yield from _rules_of_facts(form.facts.facts, document)


def _rules_of_facts(facts: tuple[Fact, ...], document: Place) -> Iterator[tuple[Place, Rule]]:
    for fact in facts:
        if fact.where is not None:
            yield document.under("facts", fact.name, "where"), fact.where
