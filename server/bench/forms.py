"""Rows about forms in process: a page against WTForms, validation against python jsonschema."""

from __future__ import annotations

from functools import partial

import jsonschema

from server.bench.applications import spoilt
from server.bench.opponents.wtforms_page import WtformsPage
from server.bench.rounds import Compared, compare, rate
from server.bench.stage import Stage
from server.forms.schema_check import schema_problems
from server.messages.problems import problem_text

_DIFFERENT = 32


def page_against_wtforms(stage: Stage) -> Compared:
    """A filled page with errors: same fields, same values, same errors."""
    subject, whole = stage.subject, stage.subject.whole
    pages = [subject.faulty() for _ in range(_DIFFERENT)]
    theirs = WtformsPage(whole.form, pages[0][0])
    assert theirs.html(*pages[0]).count("field-error") >= len(pages[0][1]) > 0
    return compare(
        partial(rate, lambda serial: whole.html(*pages[serial % _DIFFERENT]), stage.pace.seconds),
        partial(rate, lambda serial: theirs.html(*pages[serial % _DIFFERENT]), stage.pace.seconds),
        stage.pace,
    )


def valid_against_jsonschema(stage: Stage) -> Compared:
    """Whether a valid application is valid."""
    form, subject = stage.subject.release.form, stage.subject
    instances = [subject.instance(subject.fullest) for _ in range(_DIFFERENT)]
    ours, theirs = form.validator, jsonschema.Draft202012Validator(form.schema)
    assert all(ours.is_valid(one) and theirs.is_valid(one) for one in instances)
    return compare(
        partial(rate, lambda serial: ours.is_valid(instances[serial % _DIFFERENT]), stage.pace.seconds),
        partial(rate, lambda serial: theirs.is_valid(instances[serial % _DIFFERENT]), stage.pace.seconds),
        stage.pace,
    )


def invalid_against_jsonschema(stage: Stage) -> Compared:
    """Every error of an invalid application, ours with its Chinese message."""
    form, subject = stage.subject.release.form, stage.subject
    instances = [spoilt(form, subject.instance(subject.fullest)) for _ in range(_DIFFERENT)]
    theirs = jsonschema.Draft202012Validator(form.schema)

    def messages(serial: int) -> list[str]:
        return [problem_text(problem) for problem in schema_problems(form, instances[serial % _DIFFERENT])]

    def errors(serial: int) -> list[str]:
        return [error.message for error in theirs.iter_errors(instances[serial % _DIFFERENT])]

    assert all(len(messages(serial)) == len(errors(serial)) > 0 for serial in range(_DIFFERENT))
    return compare(partial(rate, messages, stage.pace.seconds), partial(rate, errors, stage.pace.seconds), stage.pace)
