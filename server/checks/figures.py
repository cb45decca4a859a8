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

_ARITHMETIC = frozenset({"sum", "subtract", "multiply", "floor_divide", "minimum", "maximum"})
#: Figures that say nothing about a service: counting, months of a year, hundredths.
_UNITS = (0, 1, -1, 12, 100)


def check_figures(subject: Subject, service: Service) -> Iterator[Finding]:
    """No rule holds a bare figure: who reads it cannot know what it means, and no region can change it."""
    for place, rule in _rules(subject, service):
        for figure in dict.fromkeys(figures(rule)):
            yield place.warning("bare-figure", figure=figure)
    for place, fact in _facts(subject, service):
        for operand in fact.operands if fact.operator in _ARITHMETIC else ():
            if isinstance(operand, int) and operand not in _UNITS:
                yield place.warning("bare-figure", figure=operand)


def _rules(subject: Subject, service: Service) -> Iterator[tuple[Place, Rule]]:
    for place, fact in _facts(subject, service):
        if fact.where is not None:
            yield place.under("where"), fact.where
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


def _facts(subject: Subject, service: Service) -> Iterator[tuple[Place, Fact]]:
    for form in (subject.form, *subject.task_forms.values()):
        if form is not None:
            document = form_document(service, form.definition, "logic.json")
            yield from ((document.under("facts", fact.name), fact) for fact in form.facts.facts)
    for process_id, process in subject.processes.items():
        document = subject.document("process", process_id)
        yield from ((document.under("facts", fact.name), fact) for fact in process.facts.facts)
