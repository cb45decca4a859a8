"""Rules ask for and yield only codes that exist."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from server.checks.domains import Known, known_of_form, known_of_process
from server.checks.layout import form_document
from server.checks.place import Place, nearest
from server.checks.rules import rules_of
from server.checks.subject import Subject
from server.definitions.service import Service
from server.findings import Finding
from server.forms.compile import CompiledForm
from server.forms.kinds.kind import FormField
from server.processes.compiled import TaskNode
from server.rules.codes import compared_codes, result_codes
from server.rules.expressions import Rule
from server.rules.syntax import Identifier


def check_asked_codes(subject: Subject, service: Service) -> Iterator[Finding]:
    """A choice is compared only with codes somebody can choose, a result only with results there are."""
    known: dict[tuple[str, str], Known] = {}
    for one in rules_of(subject, service):
        if one.form is None:
            continue
        key = (f"process {one.process}", "") if one.process else (one.form.definition.id, one.group)
        if key not in known:
            known[key] = known_of_process(subject, service, one.process) if one.process else known_of_form(one.form, one.group)
        for name, code in dict.fromkeys(compared_codes(one.rule.tree)):
            values = known[key].values(name)
            # An empty text asks whether anything was chosen.
            if values is not None and code and code not in values:
                yield _unknown(code, [str(value) for value in values], one.place)
    yield from _table_codes(subject, service, known)


def _table_codes(subject: Subject, service: Service, known: dict[tuple[str, str], Known]) -> Iterator[Finding]:
    """Codes in cells of a column that shows a choice as it is; those of a column with a list are found with it."""
    for process_id, process in subject.processes.items():
        for table_id, table in process.tables.items():
            for name, rule in table.rules.items():
                if table.table.inputs[name].codelist is None and isinstance(rule.tree, Identifier):
                    facts = known.get((f"process {process_id}", "")) or known_of_process(subject, service, process_id)
                    values = facts.values(rule.tree.name)
                    for index, row in enumerate(table.table.rows):
                        here = subject.document("table", table_id).under("rows", index, "when", name, "codes")
                        codes = row.when[name].codes or () if name in row.when else ()
                        yield from _all_known(codes, values, here)


def _all_known(codes: Sequence[str], values: Sequence[bool | str] | None, here: Place) -> Iterator[Finding]:
    for number, code in enumerate(codes):
        if values is not None and code not in values:
            yield _unknown(code, [str(value) for value in values], here.under(number))


def check_given_codes(subject: Subject, service: Service) -> Iterator[Finding]:
    """Whatever rules put into a choice, or offer in it, is among its codes."""
    for form in (subject.form, *subject.task_forms.values()):
        if form is not None:
            document = form_document(service, form.definition, "logic.json").under("fields")
            for name, logic in form.logic.items():
                if logic.options is not None and not form.fields[name].codes:
                    yield document.under(name, "options").error("options-without-choice", field=name)
                for aspect in ("computed", "suggested", "options"):
                    yield from _given(form.fields[name], getattr(logic, aspect), document.under(name, aspect))
    for process_id, process in subject.processes.items():
        for name, node in process.nodes.items():
            filled = subject.task_forms.get(node.definition.form or "") if isinstance(node, TaskNode) else None
            if isinstance(node, TaskNode) and filled is not None:
                here = subject.document("process", process_id).under("nodes", name, "prefill")
                yield from _prefilled(node, filled, here)


def _prefilled(node: TaskNode, form: CompiledForm, here: Place) -> Iterator[Finding]:
    for member, rule in node.prefill.items():
        if member in form.fields:
            yield from _given(form.fields[member], rule, here.under(member))


def _given(field: FormField, rule: Rule | None, here: Place) -> Iterator[Finding]:
    for code in dict.fromkeys(result_codes(rule.tree)) if rule is not None and field.codes else ():
        if code not in field.codes:
            yield _unknown(code, list(field.codes), here)


def _unknown(code: str, known: Sequence[str], here: Place) -> Finding:
    return here.error("unknown-code", code=code, suggestion=nearest(code, known))
