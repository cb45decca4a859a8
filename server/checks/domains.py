"""Which values the variables of rules can have, and when they have one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from server.checks.subject import Subject
from server.definitions.bundle import CodeList
from server.definitions.process import AnyNode, Call, Decide, End, Subprocess, Task
from server.definitions.service import Service
from server.forms.compile import CompiledForm
from server.rules.facts import Fact
from server.rules.formulas import Domain, Formula, formula_of
from server.rules.tables import DecisionTable
from server.types import JsonValue

_TRUTH = Domain(values=(True, False))
#: Operators whose result is never below nothing.
_COUNTING = frozenset({"count", "age_from", "age_of_date", "text_length", "workdays_between"})


class Known(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of the variables of some rules."""

    domains: dict[str, Domain]
    #: Variable to the condition without which it is not answered.
    conditions: dict[str, Formula]

    def values(self, name: str) -> tuple[bool | str, ...] | None:
        """Every value of a variable, or with `[]` after the name of each member of a list; nothing where they are not listed."""
        listed = name.endswith("[]")
        domain = self.domains.get(name.removesuffix("[]") if listed else name)
        return domain.values if domain is not None and domain.listed == listed else None


def known_of_form(form: CompiledForm, group: str = "") -> Known:
    """What is known of the variables of a form; in the rules of a row of a group, of that row as well."""
    domains = {fact.name: _domain_of_fact(fact) for fact in form.facts.facts}
    domains |= dict(_domains_of_schema(form.definition.schema, form.surroundings.codelists, ""))
    domains |= {
        name: Domain(values=tuple(field.codes), listed=field.kind in ("choices", "items"))
        for name, field in form.fields.items()
        if field.codes
    }
    conditions: dict[str, Formula] = {}
    for name, logic in form.logic.items():
        field = form.fields[name]
        if logic.relevant is None or field.group not in ("", group):
            continue
        formula = formula_of(logic.relevant.tree)
        own = f"row.{field.path}" if field.group else name
        conditions |= dict.fromkeys((own, *_members(own, field.schema)), formula)
    if group:
        mark = f"{group}[]."
        domains |= {f"row.{name.removeprefix(mark)}": domain for name, domain in domains.items() if name.startswith(mark)}
    return Known(domains=domains, conditions=conditions)


def known_of_process(subject: Subject, service: Service, process_id: str) -> Known:
    """What is known of the variables of a process: those of the application, and what its nodes leave behind."""
    form = known_of_form(subject.form) if subject.form is not None else Known(domains={}, conditions={})
    domains = dict(form.domains)
    for name, node in service.processes[process_id].nodes.items():
        domains |= {f"{name}.{member}": domain for member, domain in _domains_of_node(subject, service, node)}
    if process_id in subject.processes:
        domains |= {fact.name: _domain_of_fact(fact) for fact in subject.processes[process_id].facts.facts}
    domains["case.item"] = Domain(values=tuple(service.items.items))
    return Known(domains=domains, conditions=form.conditions)


def _domains_of_node(subject: Subject, service: Service, node: AnyNode) -> Iterator[tuple[str, Domain]]:
    match node:
        case Task():
            yield "outcome", Domain(values=tuple(node.outcomes))
            form = subject.task_forms.get(node.form or "")
            if form is not None:
                yield from known_of_form(form).domains.items()
        case Call():
            connector = service.connectors.get(node.connector)
            operation = connector.operations.get(node.operation) if connector is not None else None
            if operation is not None and f"{node.connector}.{node.operation}" not in subject.broken:
                yield from _domains_of_schema(operation.reply, service.codelists, "")
        case Subprocess() if node.process in service.processes:
            ends = [end.code for end in service.processes[node.process].nodes.values() if isinstance(end, End)]
            codes = tuple(code for code in ends if code is not None)
            if len(codes) == len(ends):
                yield "code", Domain(values=codes)
        case Decide() if node.table in service.tables:
            yield from _domains_of_table(service.tables[node.table])


def _domains_of_table(table: DecisionTable) -> Iterator[tuple[str, Domain]]:
    listed = table.hit == "collect"
    if not listed:
        yield "row", Domain(values=tuple(row.id for row in table.rows))
    for name, output in table.outputs.items():
        if output.type != "int":
            values = dict.fromkeys(row.then[name] for row in table.rows if name in row.then)
            yield name, Domain(values=tuple(value for value in values if isinstance(value, bool | str)), listed=listed)


def _domain_of_fact(fact: Fact) -> Domain:
    if fact.operator == "gender_from":
        return Domain(values=("1", "2"))
    if fact.operator in _COUNTING:
        return Domain(low=0)
    return _TRUTH if fact.type.kind == "bool" else Domain()


def _domains_of_schema(schema: JsonValue, codelists: Mapping[str, CodeList], prefix: str) -> Iterator[tuple[str, Domain]]:
    """Every leaf and every column of a data schema whose values are known."""
    for name, member in schema.get("properties", {}).items() if isinstance(schema, dict) else ():
        if not isinstance(member, dict):
            continue
        here, items = f"{prefix}{name}", member.get("items")
        yield from _domains_of_schema(member, codelists, f"{here}.")
        if isinstance(items, dict):
            yield from _domains_of_schema(items, codelists, f"{here}[].")
            domain = _domain_of_leaf(items, codelists)
            if domain is not None:
                yield here, msgspec.structs.replace(domain, listed=True)
        else:
            domain = _domain_of_leaf(member, codelists)
            if domain is not None:
                yield here, domain


def _domain_of_leaf(schema: Mapping[str, Any], codelists: Mapping[str, CodeList]) -> Domain | None:
    if isinstance(schema.get("const"), bool | str):
        return Domain(values=(schema["const"],))
    match schema.get("type"):
        case "boolean":
            return _TRUTH
        case "integer":
            return Domain(
                low=_bound(schema, "minimum", "exclusiveMinimum", 1), high=_bound(schema, "maximum", "exclusiveMaximum", -1)
            )
        case "string":
            codes = _codes(schema, codelists)
            return Domain(values=codes) if codes is not None else None
    return None


def _bound(schema: Mapping[str, Any], closed: str, opened: str, step: int) -> int | None:
    if isinstance(schema.get(closed), int):
        return int(schema[closed])
    return schema[opened] + step if isinstance(schema.get(opened), int) else None


def _codes(schema: Mapping[str, Any], codelists: Mapping[str, CodeList]) -> tuple[str, ...] | None:
    options = schema.get("oneOf", ())
    if options and all(isinstance(option, dict) and isinstance(option.get("const"), str) for option in options):
        return tuple(option["const"] for option in options)
    if isinstance(schema.get("enum"), list):
        return tuple(str(value) for value in schema["enum"])
    codelist = codelists.get(schema.get("x-codelist", ""))
    return tuple(codelist.codes) if codelist is not None else None


def _members(name: str, schema: Mapping[str, Any]) -> Iterator[str]:
    """The variables of a field whose answer has members."""
    for member, inner in schema.get("properties", {}).items():
        yield f"{name}.{member}"
        if isinstance(inner, dict):
            yield from _members(f"{name}.{member}", inner)
