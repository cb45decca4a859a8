"""Personal data goes only where it is declared to go: not into public notices, not beyond a connector's scope."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from server.checks.place import Place
from server.checks.subject import Subject
from server.definitions.process import Call
from server.definitions.service import Service
from server.findings import Finding
from server.forms.compile import CompiledForm
from server.processes.compiled import CallNode, CompiledProcess, EachNode, SubprocessNode, TaskNode, Text
from server.rules.expressions import Rule
from server.rules.facts import Fact

#: Operators whose result says little enough about the person to be shown.
_CONCEALING = frozenset(
    [
        "masked",
        "gender_from",
        "age_from",
        "age_of_date",
        "count",
        "any",
        "all",
        "is_answered",
        "region_prefix",
        "region_within",
        "text_length",
        "starts_with",
        "equal",
        "not_in_future",
    ]
)
#: Kinds whose values are never public, whatever their schema says.
_PRIVATE_KINDS = frozenset({"resident_id", "disability_certificate", "phone", "bank_account", "photo", "attachment"})
_NAME = "name"


def check_notices(subject: Subject, service: Service) -> Iterator[Finding]:
    """Public notices show no sensitive field, messages none but names."""
    for process in subject.processes.values():
        private = _private(subject, service, process)
        facts, groups = _facts(subject, process), _groups_run_over(subject, process.id, frozenset())
        for notice_id, texts in process.notices.items():
            notice = service.notices[notice_id]
            for member, text in zip(("subject", "text"), texts, strict=True):
                here = subject.document("notice", notice_id).under(member)
                for field in dict.fromkeys(_of_groups(_shown(text, facts), groups)):
                    if field in private and notice.channel == "public":
                        yield here.error("private-in-public", field=field, why=private[field])
                    elif field in private and private[field] != _NAME:
                        yield here.warning("private-in-message", field=field, why=private[field])


def check_requests(subject: Subject, service: Service) -> Iterator[Finding]:
    """A request sends no field of the application that its operation does not declare."""
    form = subject.form
    if form is None:
        return
    for process_id, process in subject.processes.items():
        facts, groups = _facts(subject, process), _groups_run_over(subject, process_id, frozenset())
        for name, node in process.nodes.items():
            if isinstance(node, CallNode):
                allowed = _allowed(service, node.definition)
                for member, rule in node.request.items():
                    here = subject.document("process", process_id).under("nodes", name, "request", member)
                    sent = _of_groups(_behind(rule.references, facts, frozenset()), groups)
                    yield from _beyond(form, sent, allowed, here)


def _allowed(service: Service, call: Call) -> frozenset[str]:
    """What a call may use: the declared fields, and the rows they are columns of."""
    scope = service.connectors[call.connector].operations[call.operation].data_scope
    return frozenset(scope) | {field.partition("[]")[0] for field in scope}


def _beyond(form: CompiledForm, sent: Iterator[str], allowed: frozenset[str], here: Place) -> Iterator[Finding]:
    for name in dict.fromkeys(sent):
        field = _field_of(form, name)
        if field is not None and field not in allowed:
            yield here.error("field-beyond-scope", field=field)


def _private(subject: Subject, service: Service, process: CompiledProcess) -> dict[str, str]:
    """Every variable that must not be public, and why."""
    private = {service.bundle.person_field: "id", service.bundle.name_field: _NAME}
    if subject.form is not None:
        private |= _private_fields(subject.form, "")
    for name, node in process.nodes.items():
        form = subject.task_forms.get(node.definition.form or "") if isinstance(node, TaskNode) else None
        if form is not None:
            private |= _private_fields(form, f"{name}.")
    return private


def _private_fields(form: CompiledForm, prefix: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, field in form.fields.items():
        why = field.schema.get("x-sensitive") or (field.kind if field.kind in _PRIVATE_KINDS else "")
        if why:
            found[prefix + name] = str(why)
            members = field.schema.get("properties", {})
            found |= {f"{prefix}{name}.{member}": str(why) for member in members}
    return found


def _shown(text: Text, facts: Mapping[str, Fact]) -> Iterator[str]:
    """The variables whose values a text gives away."""
    for part in text.parts:
        if isinstance(part, Rule):
            yield from _behind(part.references, facts, _CONCEALING)


def _facts(subject: Subject, process: CompiledProcess) -> dict[str, Fact]:
    form = subject.form.facts.facts if subject.form is not None else ()
    return {fact.name: fact for fact in (*form, *process.facts.facts)}


def _behind(names: tuple[str, ...], facts: Mapping[str, Fact], concealing: frozenset[str]) -> Iterator[str]:
    """The variables that names stand for, facts opened up unless their operator conceals its operands."""
    for name in names:
        fact = facts.get(name)
        if fact is None:
            yield name
        elif fact.operator not in concealing:
            operands = tuple(operand for operand in fact.operands if isinstance(operand, str))
            opened = _of_groups(operands, (fact.group,)) if fact.group else operands
            yield from _behind(tuple(opened), facts, concealing)


def _of_groups(names: Iterable[str], groups: tuple[str, ...]) -> Iterator[str]:
    """The names with members of a row under the names of the groups that the row can be of."""
    for name in names:
        if name.startswith("row."):
            yield from (name.replace("row.", f"{group}[].", 1) for group in groups)
        else:
            yield name


def _groups_run_over(subject: Subject, process_id: str, seen: frozenset[str]) -> tuple[str, ...]:
    """The groups for whose rows a process runs, itself or inside another."""
    groups = subject.form.groups if subject.form is not None else {}
    found: dict[str, None] = {}
    for caller in subject.processes.values():
        for node in caller.nodes.values():
            if isinstance(node, EachNode) and node.process == process_id:
                found |= dict.fromkeys(name for name in node.over.references if name in groups)
            elif isinstance(node, SubprocessNode) and node.process == process_id and caller.id not in seen:
                found |= dict.fromkeys(_groups_run_over(subject, caller.id, seen | {process_id}))
    return tuple(found)


def _field_of(form: CompiledForm, name: str) -> str | None:
    """The field a variable is, or is a member of; nothing for parameters, case data and nodes."""
    while name:
        if name in form.fields:
            return name
        name = name.rpartition(".")[0]
    return None
