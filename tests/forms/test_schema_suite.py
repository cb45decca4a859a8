"""The official test suite of JSON Schema, run through our validator; the reference implementation says where errors are."""

from __future__ import annotations

from typing import Any

import jsonschema
import pytest
from jsonschema.validators import validator_for
from schema_suite import SKIPPED, Group, every_group, files, groups, others

from server.documents.pointer import format_pointer
from server.forms.json_schema import SchemaValidator, schema_validator
from server.messages.problems import PROBLEMS, problem_text

#: Keywords whose errors both implementations report at the keyword itself, one for each failing part of the instance.
COMPARABLE = {
    *("type", "enum", "const", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"),
    *("minLength", "maxLength", "pattern", "minItems", "maxItems", "uniqueItems", "minProperties", "maxProperties"),
    *("required", "dependentRequired", "not", "anyOf", "oneOf", "contains", "propertyNames"),
}
#: Names of ours for what the reference calls otherwise.
SAME = {"oneOf-several": "oneOf", "minContains": "contains", "maxContains": "contains"}


def validator_of(group: Group) -> SchemaValidator:
    made = schema_validator(group.schema, others=others(group), formats=group.formats)
    assert isinstance(made, SchemaValidator), (group.description, made)
    return made


def wanted(draft: str, file: str) -> list[Group]:
    return [group for group in groups(draft, file) if (draft, file, group.description) not in SKIPPED]


def test_the_suite_is_set_up_and_complete() -> None:
    assert files(), "the suite is not there: run scripts/setup-schema-suite"
    listed = list(every_group())
    counts = {draft: sum(len(group.cases) for group in listed if group.draft == draft) for draft in ("draft2020-12", "draft7")}
    assert counts["draft2020-12"] > 1_900
    assert counts["draft7"] > 1_400


def test_every_skip_names_a_group_that_exists_and_a_reason() -> None:
    known = {(group.draft, group.file, group.description) for group in every_group()}
    assert SKIPPED.keys() <= known
    assert all(SKIPPED.values())


@pytest.mark.parametrize(("draft", "file"), files(), ids=lambda part: part)
def test_a_file_of_the_suite_is_judged_as_it_says(draft: str, file: str) -> None:
    wrong = []
    for group in wanted(draft, file):
        validator = validator_of(group)
        for case in group.cases:
            problems = validator.problems(case["data"])
            if (not problems) != case["valid"]:
                wrong.append(f"{group.description} | {case['description']}: {problems}")
            wrong += [f"no words for {problem.code}" for problem in problems if problem.code not in PROBLEMS]
            wrong += [f"unfilled: {problem_text(problem)}" for problem in problems if "{label}" in problem_text(problem)]
    assert wrong == []


@pytest.mark.parametrize(("draft", "file"), [one for one in files() if "optional" not in one[1]], ids=lambda part: part)
def test_errors_stand_where_the_reference_finds_them(draft: str, file: str) -> None:
    wrong = []
    for group in wanted(draft, file):
        if not isinstance(group.schema, dict) or others(group):
            continue
        validator, reference = validator_of(group), validator_for(group.schema)(group.schema)
        for case in group.cases:
            if case["valid"]:
                continue
            expected = errors_of(reference, case["data"])
            found = {(problem.pointer, keyword(problem.code)) for problem in validator.problems(case["data"])}
            found = {one for one in found if one[1] in COMPARABLE}
            if found != expected:
                wrong.append(f"{group.description} | {case['description']}: {found} instead of {expected}")
    assert wrong == []


def keyword(code: str) -> str:
    name = code.removeprefix("json-")
    return SAME.get(name, name)


def errors_of(reference: jsonschema.protocols.Validator, instance: Any) -> set[tuple[str, str]]:
    found = {
        # What is wrong with a name is told at the object by both, by the reference under the keyword that the name fails.
        (format_pointer(list(error.absolute_path)), "propertyNames" if "propertyNames" in error.schema_path else error.validator)
        for error in reference.iter_errors(instance)
    }
    return {(pointer, SAME.get(name, name)) for pointer, name in found if SAME.get(name, name) in COMPARABLE}
