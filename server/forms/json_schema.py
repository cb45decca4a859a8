"""Any JSON Schema as a validator: every error a problem with its place and words, whatever the schema and the instance are.

`$schema` decides the draft; without it, 2020-12 holds. Nothing is fetched: references lead into the schema, to the
meta-schemas, or to the documents handed over. Patterns run on an engine of linear time, those it does not know on one that
stops; schemas that would multiply the work without end are refused for the instances for which they would.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from itertools import islice
from typing import Any

import jsonschema_rs
import msgspec

from server.definitions.data_schema import MAX_FAULTS, MAX_PARTS, STANDARD
from server.documents.pointer import format_pointer, resolve
from server.findings import Finding, Param, Problem
from server.forms.json_values import DEEPEST, unfit_parts
from server.forms.schema_work import work_of
from server.messages.problems import value_words
from server.types import JsonValue

DRAFT_7 = "http://json-schema.org/draft-07/schema"
#: Visits of parts of a schema beyond which an instance is not checked.
MOST_WORK = 400_000
#: Problems of one instance that are told.
MAX_PROBLEMS = 2_000

_DRAFTS: dict[str, tuple[int, type[jsonschema_rs.Validator]]] = {
    "http://json-schema.org/draft-04/schema": (jsonschema_rs.Draft4, jsonschema_rs.Draft4Validator),
    "http://json-schema.org/draft-06/schema": (jsonschema_rs.Draft6, jsonschema_rs.Draft6Validator),
    DRAFT_7: (jsonschema_rs.Draft7, jsonschema_rs.Draft7Validator),
    "https://json-schema.org/draft/2019-09/schema": (jsonschema_rs.Draft201909, jsonschema_rs.Draft201909Validator),
    STANDARD: (jsonschema_rs.Draft202012, jsonschema_rs.Draft202012Validator),
}
#: Engines in the order they are tried: one of linear time, then one that knows more and gives up in time.
_ENGINES = (
    jsonschema_rs.RegexOptions(size_limit=1_000_000),
    jsonschema_rs.FancyRegexOptions(backtrack_limit=100_000, size_limit=1_000_000),
)
#: Kinds of error to the keywords that are meant by them where the error stands at one of these.
_NAMED_BY_PLACE = {
    "required": ("dependentRequired", "dependencies"),
    "contains": ("minContains", "maxContains"),
    "falseSchema": ("propertyNames", "additionalProperties"),
}
#: Keywords whose members are names, not keywords.
_NAMES = ("properties", "patternProperties", "$defs", "definitions", "dependentSchemas", "dependencies")
_KINDS = {"oneOfNotValid": "oneOf", "backtrackLimitExceeded": "pattern", "regexEngineFailure": "pattern"}
_LONGEST = 60


class SchemaValidator(msgspec.Struct, frozen=True, kw_only=True):
    """A schema that can be validated with."""

    schema: JsonValue
    #: Further documents by their URI.
    others: dict[str, JsonValue]
    validator: Any

    def problems(self, instance: JsonValue) -> tuple[Problem, ...]:
        """Everything wrong with an instance, in the order of the keywords; pointers are instance pointers."""
        unfit = tuple(unfit_parts(instance))
        if unfit:
            return tuple(Problem(pointer=pointer, code="not-readable") for pointer in unfit)
        if work_of(self.schema, instance, others=self.others, most=MOST_WORK) > MOST_WORK:
            return (Problem(pointer="", code="json-too-much", params={"label": value_words(())}),)
        told: dict[tuple[str, ...], Problem] = {}
        for error in islice(self.validator.iter_errors(instance), MAX_PROBLEMS):
            for problem in _problems(error, instance):
                told.setdefault((problem.pointer, problem.code, *map(str, problem.params.values())), problem)
        return tuple(told.values())

    def is_valid(self, instance: JsonValue) -> bool:
        """Whether an instance has no problem."""
        return not self.problems(instance)


def schema_validator(
    schema: JsonValue, *, path: str = "", others: Mapping[str, JsonValue] | None = None, formats: bool = True
) -> SchemaValidator | tuple[Finding, ...]:
    """The validator of a schema, or what keeps the schema from being one; `others` are documents it may refer to by URI.

    With `formats`, `format` is asserted as far as the format is known; without, it is an annotation.
    """
    known = dict(others or {})
    unfit = next(unfit_parts(schema), None)
    if unfit is not None:
        return (_finding("document-not-exact", path, unfit, str(DEEPEST)),)
    if _parts(schema) > MAX_PARTS:
        return (_finding("schema-too-large", path, "", str(MAX_PARTS)),)
    draft, validator = _draft_of(schema)
    if _uri(schema) not in known:
        faults = tuple(islice(_meta_schema(draft).iter_errors(schema), MAX_FAULTS))
        if faults:
            return tuple(
                _finding("schema-invalid", path, format_pointer(fault.instance_path), fault.message[:200]) for fault in faults
            )
    made: Any = None
    for engine in _ENGINES:
        made = _made(schema, validator, known=known, formats=formats, engine=engine)
        if isinstance(made, jsonschema_rs.Validator):
            return SchemaValidator(schema=schema, others=known, validator=made)
    return (_refusal(made, path),)


def _made(
    schema: JsonValue, validator: type[jsonschema_rs.Validator], *, known: dict[str, JsonValue], formats: bool, engine: Any
) -> jsonschema_rs.Validator | Exception:
    uri = _uri(schema)
    # A document without a draft of its own is of the draft of the schema that refers to it.
    draft = {"$schema": uri} if uri in _DRAFTS else {}
    dated = [(name, {**draft, **document} if isinstance(document, dict) else document) for name, document in known.items()]
    try:
        registry = jsonschema_rs.Registry(dated) if dated else None
        settings: dict[str, Any] = {"validate_formats": formats, "registry": registry, "pattern_options": engine, "offline": True}
        return jsonschema_rs.validator_for(schema, **settings) if uri in known else validator(schema, **settings)
    except (ValueError, jsonschema_rs.ReferencingError) as fault:
        return fault


def _refusal(fault: Exception, path: str) -> Finding:
    detail = str(fault).split("\n", 1)[0][:200]
    kind = getattr(fault, "kind", None)
    if isinstance(kind, jsonschema_rs.ValidationErrorKind.Referencing):
        return _finding("unknown-reference", path, "", detail)
    return _finding("schema-invalid", path, format_pointer(getattr(fault, "instance_path", ())), detail)


def _finding(code: str, path: str, pointer: str, detail: str) -> Finding:
    return Finding(code=code, severity="error", path=path, pointer=pointer, params={"detail": detail})


def _uri(schema: JsonValue) -> str:
    named = schema.get("$schema") if isinstance(schema, dict) else None
    return named.rstrip("#") if isinstance(named, str) else ""


def _draft_of(schema: JsonValue) -> tuple[int, type[jsonschema_rs.Validator]]:
    return _DRAFTS.get(_uri(schema), _DRAFTS[STANDARD])


@cache
def _meta_schema(draft: int) -> jsonschema_rs.Validator:
    uri, validator = next((uri, validator) for uri, (number, validator) in _DRAFTS.items() if number == draft)
    return validator({"$ref": f"{uri}#"} if draft <= jsonschema_rs.Draft7 else {"$ref": uri}, offline=True)


def _parts(value: JsonValue) -> int:
    count, waiting = 0, [value]
    while waiting:
        part = waiting.pop()
        count += 1
        waiting += part.values() if isinstance(part, dict) else part if isinstance(part, list) else ()
    return count


def _problems(error: jsonschema_rs.ValidationError, instance: JsonValue) -> Iterator[Problem]:
    """The problems of one error: a member too many is one of its own."""
    keyword = _keyword(error)
    path: tuple[str | int, ...] = tuple(error.instance_path)
    if keyword == "additionalProperties":
        # Where nothing at all is allowed, every member is one too many, though the error names the first only.
        here = resolve(instance, format_pointer(path))
        for name in error.kind.as_dict().get("unexpected", here if isinstance(here, dict) else ()):
            yield _problem((*path, name), keyword, {})
        return
    yield _problem(path, keyword, _params(error.kind))


def _problem(path: tuple[str | int, ...], keyword: str, params: dict[str, Param]) -> Problem:
    return Problem(pointer=format_pointer(path), code=f"json-{keyword}", params={"label": value_words(path), **params})


def _keyword(error: jsonschema_rs.ValidationError) -> str:
    name = error.kind.name
    place = error.schema_path[-1] if error.schema_path else ""
    if place in _NAMED_BY_PLACE.get(name, ()) and (len(error.schema_path) < 2 or error.schema_path[-2] not in _NAMES):
        return str(place)
    if isinstance(error.kind, jsonschema_rs.ValidationErrorKind.OneOfMultipleValid):
        return "oneOf-several"
    return _KINDS.get(name, name)


def _params(kind: jsonschema_rs.ValidationErrorKind) -> dict[str, Param]:
    """What the words of a problem say beyond the keyword."""
    match kind:
        case jsonschema_rs.ValidationErrorKind.Required(property=name):
            return {"field": _shortened(name)}
        case jsonschema_rs.ValidationErrorKind.Type(types=types):
            return {"limit": ", ".join(sorted(types))}
        case jsonschema_rs.ValidationErrorKind.Enum(options=options):
            return {"limit": _shortened(", ".join(map(_written, options)))}
        case jsonschema_rs.ValidationErrorKind.Constant(expected_value=value):
            return {"limit": _shortened(_written(value))}
        case jsonschema_rs.ValidationErrorKind.MultipleOf(multiple_of=number):
            return {"limit": str(number)}
        case jsonschema_rs.ValidationErrorKind.Format(format=name):
            return {"limit": name}
        case jsonschema_rs.ValidationErrorKind.Pattern(pattern=pattern):
            return {"limit": _shortened(pattern)}
    limit = getattr(kind, "limit", None)
    return {} if limit is None else {"limit": limit if isinstance(limit, int) else str(limit)}


def _written(value: JsonValue) -> str:
    return str(value) if isinstance(value, str) else msgspec.json.encode(value).decode()


def _shortened(text: str) -> str:
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
