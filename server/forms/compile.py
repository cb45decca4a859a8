"""A form definition compiled once at publish: fields, rules, validator and page programs."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import jsonschema_rs
import msgspec

from server.definitions.bundle import Code
from server.definitions.field_shapes import element_of
from server.definitions.form import AnyElement, Assertion, Category, Control, FormDefinition, Group
from server.documents.pointer import parse_pointer, resolve
from server.findings import Finding, Param
from server.forms.kinds import KINDS
from server.forms.kinds.choice import MOST_RADIOS
from server.forms.kinds.kind import LARGEST, FormField, Option
from server.forms.surroundings import FormSurroundings
from server.rules.expressions import Environment, Rule, compile_rule
from server.rules.facts import Facts, compile_facts
from server.rules.types import BOOL, STRING, RuleType, list_of, row_members
from server.rules.variables import variables_of_schema
from server.types import JsonValue

#: More groups of rows than anybody fills in.
MAX_GROUPS = 60
#: Findings of one form after which no name is looked for that is like a wrong one.
_MOST_LIKELY = 200

_FILE: JsonValue = {
    "type": "object",
    "properties": {
        "id": {"type": "string", "maxLength": 200},
        "name": {"type": "string", "minLength": 1, "maxLength": 255},
        "media_type": {"type": "string", "maxLength": 100},
        "size": {"type": "integer", "minimum": 0},
        "sha256": {"type": "string", "maxLength": 80},
    },
    "required": ["name"],
    "additionalProperties": False,
}


class FieldLogic(msgspec.Struct, frozen=True, kw_only=True):
    """The compiled rules of one field."""

    relevant: Rule | None = None
    required: Rule | None = None
    computed: Rule | None = None
    suggested: Rule | None = None
    options: Rule | None = None


class CompiledAssertion(msgspec.Struct, frozen=True, kw_only=True):
    """A check across fields with its compiled rule."""

    id: str
    assertion: Assertion
    rule: Rule


class Page(msgspec.Struct, frozen=True, kw_only=True):
    """One page: its layout and the fields on it."""

    id: str
    label: str
    hint: str
    category: Category
    #: Field ids in reading order, groups before their members.
    fields: tuple[str, ...]


class CompiledForm(msgspec.Struct, frozen=True, kw_only=True):
    """Everything a request needs of a form."""

    definition: FormDefinition
    surroundings: FormSurroundings
    fields: dict[str, FormField]
    #: Group id to the ids of its members.
    groups: dict[str, tuple[str, ...]]
    pages: tuple[Page, ...]
    logic: dict[str, FieldLogic]
    assertions: tuple[CompiledAssertion, ...]
    facts: Facts
    #: Application fields by qualified name.
    variables: dict[str, RuleType]
    #: Variables together with facts and parameters.
    rule_variables: dict[str, RuleType]
    #: Fields on which facts, rules and the choice of fields depend; assertions aside, which move nothing.
    inputs: frozenset[str]
    validator: Any
    #: The schema as validated: code lists inlined, requiredness left to the rules.
    schema: JsonValue
    #: Place in the schema to what an error there says, filled in as errors occur.
    said: dict[tuple[str | int, ...], tuple[str, dict[str, Param]]] = {}

    def page(self, page_id: str) -> Page | None:
        """The page with this id."""
        return next((page for page in self.pages if page.id == page_id), None)


def compile_form(
    definition: FormDefinition, surroundings: FormSurroundings, extra: Mapping[str, RuleType] | None = None
) -> CompiledForm | tuple[Finding, ...]:
    """The compiled form, or every finding; pointers are relative to the form's three documents, named in `path`.

    `extra` are variables the surroundings of a task form provide, such as the chosen outcome.
    """
    found = _Collector(definition.id)
    fields, pages = _fields(definition, surroundings, found)
    rows = sum(field.kind == "rows" for field in fields.values())
    if rows > MAX_GROUPS:
        found.add("ui", (), "too-many-groups", {"limit": MAX_GROUPS, "found": rows})
        return tuple(found.findings)
    groups = {name: tuple(f.id for f in fields.values() if f.group == name) for name, f in fields.items() if f.kind == "rows"}
    variables = variables_of_schema(definition.schema)
    known = variables | surroundings.parameters | dict(extra or {})
    facts = compile_facts(definition.logic.facts, known)
    if isinstance(facts, tuple):
        for fault in facts:
            found.add("logic", ("facts", fault.fact), fault.code, fault.params)
        facts = Facts((), {})
    rule_variables = known | facts.types
    logic = _logic(definition, fields, rule_variables, found)
    assertions = _assertions(definition, fields, rule_variables, found)
    if found.findings:
        return tuple(found.findings)
    moving = {name for rule in _rules(logic) for name in rule.references} | set(_fact_operands(facts))
    moving.add(surroundings.items_field)
    used = moving | {name for assertion in assertions for name in assertion.rule.references}
    fields = {
        name: msgspec.structs.replace(field, live=_is_used(field, used), computed=field.computed or _computes(logic.get(name)))
        for name, field in fields.items()
    }
    schema = validation_schema(definition.schema, surroundings)
    return CompiledForm(
        definition=definition,
        surroundings=surroundings,
        fields=fields,
        groups=groups,
        pages=pages,
        logic=logic,
        assertions=assertions,
        facts=facts,
        variables=variables,
        rule_variables=rule_variables,
        inputs=frozenset(name for name, field in fields.items() if _is_used(field, moving)),
        validator=jsonschema_rs.Draft202012Validator(schema, validate_formats=True),
        schema=schema,
    )


def validation_schema(schema: JsonValue, surroundings: FormSurroundings) -> JsonValue:
    """The data schema as validated: `x-codelist` becomes `enum`, objects are closed, `required` is left to the rules.

    Requiredness depends on relevance, which JSON Schema cannot see; composite fields keep their own `required` out, too,
    so that a missing part is reported beside its input.
    """
    strict = _strict(schema, surroundings)
    if surroundings.materials:
        files = {"type": "array", "items": _FILE, "maxItems": 60}
        members = dict.fromkeys(surroundings.materials, files)
        strict["properties"]["materials"] = {"type": "object", "properties": members, "additionalProperties": False}
    return strict


def _strict(schema: JsonValue, surroundings: FormSurroundings) -> JsonValue:
    if not isinstance(schema, dict):
        return schema
    if element_of(schema)[0] == "photo":
        return _FILE
    copy: dict[str, JsonValue] = {}
    for key, value in schema.items():
        if key == "required" and isinstance(value, list):
            continue
        if key == "properties":
            copy[key] = {name: _strict(member, surroundings) for name, member in value.items()}
        elif key in ("items", "allOf", "anyOf", "oneOf", "not", "if", "then", "else", "contains", "additionalProperties"):
            copy[key] = [_strict(one, surroundings) for one in value] if isinstance(value, list) else _strict(value, surroundings)
        elif key == "$defs":
            copy[key] = {name: _strict(member, surroundings) for name, member in value.items()}
        elif key != "$schema" and not key.startswith("x-"):
            copy[key] = value
    codelist = schema.get("x-codelist")
    if codelist in surroundings.codelists:
        copy["enum"] = sorted(surroundings.codelists[codelist].codes)
    if schema.get("type") == "integer":
        copy = {"minimum": -LARGEST, "maximum": LARGEST, **copy}
    if schema.get("type") == "object" and "additionalProperties" not in copy:
        copy["additionalProperties"] = False
    return copy


def kind_of(schema: JsonValue, format_option: str | None) -> str:
    """The field kind of a schema: `x-element` first, then what type, format and annotations say."""
    named = element_of(schema)[0]
    if named:
        return named
    items = schema.get("items", {})
    match schema.get("type"):
        case "array":
            choices = isinstance(items, dict) and ("x-codelist" in items or "enum" in items or "oneOf" in items)
            return "choices" if choices else "rows"
        case "boolean":
            return "yes_no"
        case "integer":
            return "money" if "x-money" in schema else "integer"
    if "x-codelist" in schema or "oneOf" in schema or "enum" in schema:
        return "search_choice" if format_option == "search" else "choice"
    return "date" if schema.get("format") == "date" else "text"


class _Collector:
    """Findings of one form, each with the document it belongs to (`data`, `ui` or `logic`)."""

    def __init__(self, form_id: str) -> None:
        self.form_id = form_id
        self.findings: list[Finding] = []

    def add(self, part: str, segments: tuple[str | int, ...], code: str, params: Mapping[str, Param]) -> None:
        name = {"data": "data.schema.json", "ui": "ui.json", "logic": "logic.json"}[part]
        pointer = "".join("/" + str(segment).replace("~", "~0").replace("/", "~1") for segment in segments)
        self.findings.append(
            Finding(code=code, severity="error", path=f"{self.form_id}/{name}", pointer=pointer, params=dict(params))
        )


def _fields(
    definition: FormDefinition, surroundings: FormSurroundings, found: _Collector
) -> tuple[dict[str, FormField], tuple[Page, ...]]:
    fields: dict[str, FormField] = {}
    pages = []
    for index, category in enumerate(definition.ui.elements):
        before = set(fields)
        for control, pointer in _controls(category.elements, ("elements", index, "elements")):
            _add_field(control, pointer, definition, surroundings, category.id, fields, found)
        names = tuple(name for name in fields if name not in before)
        pages.append(Page(id=category.id, label=category.label, hint=category.hint or "", category=category, fields=names))
    return fields, tuple(pages)


def _controls(
    elements: tuple[AnyElement, ...], pointer: tuple[str | int, ...]
) -> Iterator[tuple[Control, tuple[str | int, ...]]]:
    for index, element in enumerate(elements):
        here = (*pointer, index)
        if isinstance(element, Control):
            yield element, here
        elif isinstance(element, Group):
            yield from _controls(element.elements, (*here, "elements"))


def _add_field(
    control: Control,
    pointer: tuple[str | int, ...],
    definition: FormDefinition,
    surroundings: FormSurroundings,
    page: str,
    fields: dict[str, FormField],
    found: _Collector,
    group: FormField | None = None,
) -> None:
    base = group.schema.get("items", {}) if group is not None else definition.schema
    path = _path_of_scope(control.scope)
    if path is None:
        found.add("ui", (*pointer, "scope"), "broken-scope", {"scope": control.scope})
        return
    schema = resolve(base, control.scope[1:])
    field_id = f"{group.id}[].{path}" if group is not None else path
    if not isinstance(schema, dict):
        near = _nearest(path, variables_of_schema(base)) if len(found.findings) < _MOST_LIKELY else ""
        params = {"field": field_id, "suggestion": near}
        found.add("ui", (*pointer, "scope"), "unknown-field", params)
        return
    if field_id in fields:
        found.add("ui", (*pointer, "scope"), "field-twice", {"field": field_id})
        return
    kind = kind_of(schema, control.options.format)
    if kind not in KINDS:
        found.add("data", (*_schema_place(field_id), "x-element"), "unknown-kind", {"kind": kind})
        return
    if kind == "rows" and group is not None:
        found.add("data", _schema_place(field_id), "rows-in-rows", {"field": field_id})
        return
    field = _field(control, schema, kind, field_id, path, page, group, base, surroundings, found)
    fields[field_id] = field
    if kind == "rows":
        for inner, place in _controls(control.options.detail or (), (*pointer, "options", "detail")):
            _add_field(inner, place, definition, surroundings, page, fields, found, field)


def _path_of_scope(scope: str) -> str | None:
    """The property path of `#/properties/a/properties/b`; nothing for a pointer that leads anywhere but to a property."""
    parts = parse_pointer(scope[1:]) if scope.startswith("#/") else ()
    if not parts or len(parts) % 2 or any(part != "properties" for part in parts[::2]):
        return None
    return ".".join(parts[1::2])


def _schema_place(field_id: str) -> tuple[str, ...]:
    """Where a field stands in its data schema."""
    place: list[str] = []
    for part in field_id.split("."):
        place += ["properties", part.removesuffix("[]"), *(["items"] if part.endswith("[]") else [])]
    return tuple(place)


def _nearest(name: str, known: Iterable[str]) -> str:
    """The known name most like this one; empty when none is."""
    return next(iter(difflib.get_close_matches(name, list(known), n=1)), "")


def _field(
    control: Control,
    schema: dict[str, Any],
    kind: str,
    field_id: str,
    path: str,
    page: str,
    group: FormField | None,
    base: JsonValue,
    surroundings: FormSurroundings,
    found: _Collector,
) -> FormField:
    holder = resolve(base, "".join(f"/properties/{part}" for part in path.split(".")[:-1]))
    required = isinstance(holder, dict) and path.split(".")[-1] in holder.get("required", ())
    codes, offered = _codes(schema, kind, field_id, surroundings, found)
    settings = element_of(schema)[1]
    if kind == "consent" and settings.get("text") not in surroundings.consents:
        found.add("data", (*_schema_place(field_id), "x-element"), "unknown-consent", {"text": str(settings.get("text", ""))})
    return FormField(
        id=field_id,
        group=group.id if group is not None else "",
        path=path,
        kind=kind,
        schema=schema,
        label=control.label or str(schema.get("title", path.split(".")[-1])),
        hint=control.hint or str(schema.get("description", "")),
        required=required,
        page=page,
        element=control.id,
        options=control.options,
        settings=settings | ({"wording": surroundings.consents.get(settings.get("text", ""), "")} if kind == "consent" else {}),
        codes=codes,
        offered=offered,
        regions=surroundings.regions if kind == "address" else None,
        computed=bool(schema.get("readOnly", False)),
    )


def _codes(
    schema: dict[str, Any], kind: str, field_id: str, surroundings: FormSurroundings, found: _Collector
) -> tuple[dict[str, str], tuple[Option, ...]]:
    source = schema.get("items", {}) if schema.get("type") == "array" else schema
    if kind == "income":
        source = schema.get("properties", {}).get("period", {})
    if not isinstance(source, dict):
        return {}, ()
    if "oneOf" in source:
        titles = {
            str(o["const"]): str(o.get("title", o["const"])) for o in source["oneOf"] if isinstance(o, dict) and "const" in o
        }
        return titles, tuple(Option(code, title) for code, title in titles.items())
    if "enum" in source:
        return {str(c): str(c) for c in source["enum"]}, tuple(Option(str(c), str(c)) for c in source["enum"])
    name = "items" if kind == "items" else source.get("x-codelist")
    if name is None:
        return {}, ()
    codelist = surroundings.codelists.get(name)
    if codelist is None:
        inner = ("items",) if schema.get("type") == "array" else ("properties", "period") if kind == "income" else ()
        found.add("data", (*_schema_place(field_id), *inner, "x-codelist"), "unknown-codelist", {"codelist": str(name)})
        return {}, ()
    titles = {code: entry.title for code, entry in codelist.codes.items()}
    order = codelist.offer if codelist.offer is not None else tuple(sorted(codelist.codes))
    return titles, tuple(_option(code, codelist.codes[code], titles) for code in order if code in titles)


def _option(code: str, entry: Code, titles: Mapping[str, str]) -> Option:
    """The option of a code, under the title of its parent; a parent that is no code of the list is a heading itself."""
    parent = entry.parent or ""
    return Option(code, entry.title, entry.hint or "", titles.get(parent, parent))


def _logic(
    definition: FormDefinition, fields: Mapping[str, FormField], variables: Mapping[str, RuleType], found: _Collector
) -> dict[str, FieldLogic]:
    outside = Environment(variables)
    inside: dict[str, Environment] = {}
    logic: dict[str, FieldLogic] = {}
    for name, rules in definition.logic.fields.items():
        if name not in fields:
            near = _nearest(name, fields) if len(found.findings) < _MOST_LIKELY else ""
            found.add("logic", ("fields", name), "unknown-field", {"field": name, "suggestion": near})
            continue
        environment = _row_environment(fields[name].group, variables, inside, outside)
        own = environment.variables.get(f"row.{fields[name].path}" if fields[name].group else name)
        wanted = {"relevant": BOOL, "required": BOOL, "options": list_of(STRING), "computed": own, "suggested": own}
        compiled: dict[str, Rule] = {}
        for aspect in FieldLogic.__struct_fields__:
            text = getattr(rules, aspect)
            if text is None:
                continue
            rule = compile_rule(environment, text, wanted[aspect])
            if isinstance(rule, Rule):
                compiled[aspect] = rule
            else:
                for fault in rule:
                    found.add("logic", ("fields", name, aspect), fault.code, fault.params)
        logic[name] = FieldLogic(**compiled)
    return logic


def _assertions(
    definition: FormDefinition, fields: Mapping[str, FormField], variables: Mapping[str, RuleType], found: _Collector
) -> tuple[CompiledAssertion, ...]:
    outside = Environment(variables)
    inside: dict[str, Environment] = {}
    compiled = []
    for name, assertion in sorted(definition.logic.assertions.items()):
        if assertion.at not in fields:
            params: dict[str, Param] = {"field": assertion.at, "suggestion": _nearest(assertion.at, fields)}
            found.add("logic", ("assertions", name, "at"), "unknown-field", params)
            continue
        environment = _row_environment(fields[assertion.at].group, variables, inside, outside)
        rule = compile_rule(environment, assertion.holds, BOOL)
        if isinstance(rule, Rule):
            compiled.append(CompiledAssertion(id=name, assertion=assertion, rule=rule))
        else:
            for fault in rule:
                found.add("logic", ("assertions", name, "holds"), fault.code, fault.params)
    return tuple(compiled)


def _row_environment(
    group: str, variables: Mapping[str, RuleType], inside: dict[str, Environment], outside: Environment
) -> Environment:
    if not group:
        return outside
    if group not in inside:
        listed = variables.get(group)
        members = row_members(listed.element, "row") if listed is not None and listed.element is not None else {}
        inside[group] = outside.extended(members)
    return inside[group]


def _rules(logic: Mapping[str, FieldLogic]) -> Iterator[Rule]:
    for rules in logic.values():
        for aspect in FieldLogic.__struct_fields__:
            rule = getattr(rules, aspect)
            if rule is not None:
                yield rule


def _fact_operands(facts: Facts) -> Iterator[str]:
    for fact in facts.facts:
        yield from (operand for operand in fact.operands if isinstance(operand, str))
        if fact.where is not None:
            yield from fact.where.references


def _is_used(field: FormField, used: set[str]) -> bool:
    own = {field.id, f"row.{field.path}"}
    return any(name in own or name.startswith((f"{field.id}.", f"row.{field.path}.")) for name in used)


def _computes(rules: FieldLogic | None) -> bool:
    return rules is not None and rules.computed is not None


def labels_of(form: CompiledForm) -> dict[str, str]:
    """Field id to label, groups included, in reading order."""
    return {name: field.label for name, field in form.fields.items()}


def is_radio(field: FormField) -> bool:
    """Whether a choice is shown as radio buttons."""
    wanted = field.options.format
    return wanted == "radio" or (wanted is None and field.kind == "choice" and len(field.offered) <= MOST_RADIOS)
