"""Every rule of a service with its place, for checks that look at all of them."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from server.checks.layout import form_document
from server.checks.place import Place
from server.checks.subject import Subject
from server.definitions.service import Service
from server.documents.pointer import parse_pointer
from server.forms.compile import CompiledForm, FieldLogic
from server.rules.expressions import Rule
from server.rules.facts import Fact


class PlacedRule(msgspec.Struct, frozen=True, kw_only=True):
    """One rule, where it stands, and whose variables it uses."""

    place: Place
    rule: Rule
    #: The form it belongs to; that of the application for materials and processes.
    form: CompiledForm | None
    #: The group in whose rows it is asked.
    group: str = ""
    #: The process it belongs to.
    process: str = ""


def rules_of(subject: Subject, service: Service) -> Iterator[PlacedRule]:
    """Every rule of forms, materials, processes and tables that compiled; a table's once for every process that uses it."""
    for place, fact, form, process in placed_facts(subject, service):
        if fact.where is not None:
            group = str(fact.operands[0]).partition("[].")[0]
            yield PlacedRule(place=place.under("where"), rule=fact.where, form=form, group=group, process=process)
    for form in (subject.form, *subject.task_forms.values()):
        if form is not None:
            yield from _rules_of_form(form, form_document(service, form.definition, "logic.json"))
    for name, rules in subject.materials.items():
        here = subject.document("materials").under("materials", name)
        for aspect, rule in (("due", rules.due), ("waived", rules.waived)):
            if rule is not None:
                yield PlacedRule(place=here.under(aspect), rule=rule, form=subject.form)
    for process_id, compiled in subject.processes.items():
        document = subject.document("process", process_id)
        for pointer, rule in compiled.rules.items():
            yield PlacedRule(place=document.under(*parse_pointer(pointer)), rule=rule, form=subject.form, process=process_id)
        for table_id, table in compiled.tables.items():
            for name, rule in table.rules.items():
                here = subject.document("table", table_id).under("inputs", name, "expression")
                yield PlacedRule(place=here, rule=rule, form=subject.form, process=process_id)


def placed_facts(subject: Subject, service: Service) -> Iterator[tuple[Place, Fact, CompiledForm | None, str]]:
    """Every fact with its place, its form, and its process if it has one."""
    for form in (subject.form, *subject.task_forms.values()):
        if form is not None:
            document = form_document(service, form.definition, "logic.json")
            yield from ((document.under("facts", fact.name), fact, form, "") for fact in form.facts.facts)
    for process_id, process in subject.processes.items():
        document = subject.document("process", process_id)
        yield from ((document.under("facts", fact.name), fact, subject.form, process_id) for fact in process.facts.facts)


def _rules_of_form(form: CompiledForm, document: Place) -> Iterator[PlacedRule]:
    for name, logic in form.logic.items():
        for aspect in FieldLogic.__struct_fields__:
            rule = getattr(logic, aspect)
            if rule is not None:
                here = document.under("fields", name, aspect)
                yield PlacedRule(place=here, rule=rule, form=form, group=form.fields[name].group)
    for assertion in form.assertions:
        group = form.fields[assertion.assertion.at].group
        here = document.under("assertions", assertion.id, "holds")
        yield PlacedRule(place=here, rule=assertion.rule, form=form, group=group)
