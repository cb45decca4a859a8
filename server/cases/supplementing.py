"""Supplements (补正): the answers and materials that were asked for take the place of those given before, nothing else does."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

from server.cases.model import Supplement
from server.findings import Problem
from server.forms.compile import CompiledForm
from server.forms.data import FormData, group_pointer
from server.releases import Release

Value = TypeVar("Value")


def asked_pointers(form: CompiledForm, supplement: Supplement) -> tuple[str, ...]:
    """Draft pointers below which answers may change; a field of a row stands for its whole group."""
    groups = dict.fromkeys(name.partition("[]")[0] for name in supplement.fields)
    fields = (group_pointer(name) for name in groups if name in form.fields)
    return (*fields, *(f"/materials/{name}" for name in supplement.materials))


def is_asked(pointer: str, asked: tuple[str, ...]) -> bool:
    """Whether a draft pointer lies at or below one of those asked for."""
    return any(pointer == place or pointer.startswith(f"{place}/") for place in asked)


def supplemented(before: FormData, given: FormData, asked: tuple[str, ...]) -> FormData:
    """The answers before, with those given for what was asked; whatever else was given is left out."""
    return FormData(
        values=_merged(before.values, given.values, asked),
        rows=_merged(before.rows, given.rows, asked),
        raw={pointer: text for pointer, text in given.raw.items() if is_asked(pointer, asked)},
        touched=before.touched | frozenset(pointer for pointer in given.touched if is_asked(pointer, asked)),
    )


def missing_files(release: Release, supplement: Supplement, data: FormData) -> tuple[Problem, ...]:
    """A problem for every material asked for that still has no file."""
    listed = release.service.materials.materials
    return tuple(
        Problem(
            pointer=f"/materials/{name}",
            code="material-missing",
            params={"label": listed[name].title, "reason": listed[name].reason},
        )
        for name in supplement.materials
        if name in listed and not data.values.get(f"/materials/{name}")
    )


def _merged(before: Mapping[str, Value], given: Mapping[str, Value], asked: tuple[str, ...]) -> dict[str, Value]:
    kept = {pointer: value for pointer, value in before.items() if not is_asked(pointer, asked)}
    return kept | {pointer: value for pointer, value in given.items() if is_asked(pointer, asked)}
