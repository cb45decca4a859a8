"""Any schema as a form: its fields, an instance in them, and the instance they hold."""

from __future__ import annotations

from typing import Any

import msgspec

from server.definitions.form import Categorization, Category, FieldRules, FormDefinition, Logic
from server.definitions.regions import RegionTree
from server.documents.pointer import escape
from server.findings import Finding, Problem
from server.forms.compile import CompiledForm, compile_form
from server.forms.data import FormData
from server.forms.generic.collecting import Frame, Layout
from server.forms.generic.layout import lay_out
from server.forms.generic.leaves import Leaf, Reading, Writing
from server.forms.generic.nodes import AS_FORM, AS_JSON, Node, Way, Ways, known_places
from server.forms.generic.view import Part, view_of
from server.forms.json_schema import SchemaValidator, schema_validator
from server.forms.json_values import unfit_parts
from server.forms.kinds.kind import ABSENT
from server.forms.schema_work import Targets
from server.forms.settle import Context, Settled
from server.forms.surroundings import FormSurroundings
from server.forms.validate import validate
from server.messages import generic_forms as words
from server.types import JsonValue

PAGE = "page"


class GenericForm(msgspec.Struct, frozen=True, kw_only=True):
    """A form made of a schema."""

    validator: SchemaValidator
    form: CompiledForm
    root: Ways


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """What the fields hold."""

    #: Whether anything was answered that could be read.
    given: bool
    instance: JsonValue
    #: What is wrong, each at the draft pointer of the field nearest to it.
    problems: tuple[Problem, ...]


def generic_form(schema: JsonValue, *, path: str = "") -> GenericForm | tuple[Finding, ...]:
    """The form of a schema, or what keeps the schema from being one."""
    validator = schema_validator(schema, path=path)
    if not isinstance(validator, SchemaValidator):
        return validator
    targets = Targets((schema,))
    layout = Layout(targets)
    whole = Part(schema=schema, trail=(id(schema),))
    view = view_of((whole,), targets)
    label = (view.title if view is not None else "") or words.WHOLE_FORM
    root, elements = _root(layout, whole, label)
    compiled = compile_form(_definition(layout, elements, label), _NOTHING_AROUND)
    if not isinstance(compiled, CompiledForm):
        return compiled
    return GenericForm(validator=validator, form=compiled, root=root)


def fill(generic: GenericForm, instance: JsonValue) -> FormData:
    """Answers that hold the instance; nothing at all of what is no JSON."""
    writing = Writing()
    if next(unfit_parts(instance), None) is None:
        generic.root.write(instance, "", writing)
    return FormData(values=writing.values, rows=writing.rows, touched=frozenset(writing.values))


def read(generic: GenericForm, settled: Settled, context: Context) -> Answer:
    """The instance that the fields hold and everything wrong with it."""
    reading = Reading(settled.data)
    value = generic.root.read("", "", reading)
    problems = {problem.pointer: problem for problem in validate(generic.form, settled, context=context).problems}
    for problem in reading.problems:
        problems.setdefault(problem.pointer, problem)
    given = value is not ABSENT
    for problem in generic.validator.problems(value) if given else ():
        placed = _placed(problem, reading.places)
        problems.setdefault(placed.pointer, placed)
    return Answer(given=given, instance=value if given else None, problems=tuple(problems.values()))


def _root(layout: Layout, whole: Part, label: str) -> tuple[Ways, list[Any]]:
    """The whole form field by field, or as one JSON text where it cannot hold what somebody wants to say."""
    options: list[JsonValue] = [{"const": AS_FORM, "title": words.AS_FORM}, {"const": AS_JSON, "title": words.AS_JSON}]
    asked = Frame(label=words.HOW_TO_ANSWER.format(label=label))
    field, control = layout.field(asked, {"type": "string", "oneOf": options})
    layout.rules[field] = FieldRules(suggested=f'"{AS_FORM}"')
    laid = lay_out(layout, (whole,), Frame(label=label, relevant=f'{field} == "{AS_FORM}"'))
    text = Frame(label=label, relevant=f'{field} == "{AS_JSON}"')
    name, text_control = layout.field(text, {"type": "string", "x-element": "long_text"}, hint=words.JSON_HINT)
    ways = [Way(code=AS_FORM, title=words.AS_FORM, node=laid[0])] if laid is not None else []
    written: Node = Leaf(field=name, label=label)
    ways.append(Way(code=AS_JSON, title=words.AS_JSON, node=written))
    return Ways(field=field, ways=tuple(ways)), [control, *(laid[1] if laid is not None else ()), text_control]


def _definition(layout: Layout, elements: list[Any], label: str) -> FormDefinition:
    page = Category(id=PAGE, label=label, elements=tuple(elements))
    schema: dict[str, JsonValue] = {
        "type": "object",
        "properties": layout.scope.properties,
        "required": layout.scope.required,
    }
    ui = Categorization(type="Categorization", id="layout", elements=(page,))
    return FormDefinition(id="form", schema=schema, ui=ui, logic=Logic(fields=layout.rules))


def _placed(problem: Problem, places: dict[str, str]) -> Problem:
    """The problem at the field that corrects it: a missing member at its own, where there is one."""
    missing = f"{problem.pointer}/{escape(str(problem.params.get('field', '')))}"
    pointer = places.get(missing) if "field" in problem.params else None
    return msgspec.structs.replace(problem, pointer=pointer or next(known_places(places, problem.pointer), ""))


_NOTHING_AROUND = FormSurroundings(codelists={}, parameters={}, consents={}, regions=RegionTree({}))
