"""The names a field's rules may use, with what people call them, in reading order."""

from __future__ import annotations

from admin_ui.conditions import Variable
from server.definitions.service import Service
from server.forms.compile import CompiledForm
from server.rules.types import INT, row_members

_ROW = "row"
_PARAMETERS = "parameters."


def vocabulary(form: CompiledForm, service: Service, group: str) -> dict[str, Variable]:
    """Name to variable for the rules of a field; inside the rows of `group` the other columns of the row come first."""
    return _columns(form, group) | _fields(form) | _facts(form) | _parameters(service)


def _columns(form: CompiledForm, group: str) -> dict[str, Variable]:
    listed = form.rule_variables.get(group)
    if not group or listed is None or listed.element is None:
        return {}
    found = {}
    for name, member in row_members(listed.element, _ROW).items():
        column = f"{group}[].{name.removeprefix(f'{_ROW}.')}"
        field = form.fields.get(column)
        label, codes = (field.label, field.codes) if field is not None else (_fact_title(form, column), {})
        found[name] = Variable(name=name, label=label, type=member, group="row", codes=codes)
    return found


def _fields(form: CompiledForm) -> dict[str, Variable]:
    """The fields of the form, and the parts of those that consist of several, such as the region of an address."""
    found = {}
    for name, member in form.variables.items():
        whole, _, part = name.rpartition(".")
        if name in form.fields:
            field = form.fields[name]
            found[name] = Variable(name=name, label=field.label, type=member, codes=field.codes)
        elif whole in form.fields:
            field = form.fields[whole]
            title = field.schema.get("properties", {}).get(part, {}).get("title", part)
            found[name] = Variable(name=name, label=f"{field.label} · {title}", type=member)
    return found


def _facts(form: CompiledForm) -> dict[str, Variable]:
    return {
        name: Variable(name=name, label=_fact_title(form, name), type=member, group="fact")
        for name, member in form.rule_variables.items()
        if name not in form.variables and not name.startswith(_PARAMETERS)
    }


def _parameters(service: Service) -> dict[str, Variable]:
    return {
        f"{_PARAMETERS}{name}": Variable(name=f"{_PARAMETERS}{name}", label=parameter.title, type=INT, group="parameter")
        for name, parameter in service.parameters.parameters.items()
    }


def _fact_title(form: CompiledForm, name: str) -> str:
    return str(form.definition.logic.facts.get(name, {}).get("title") or name)
