"""Regions that facts compare with are written as codes, and those of the service's own region exist."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from server.checks.place import Place
from server.checks.subject import Subject
from server.definitions.regions import contains
from server.definitions.service import Service
from server.findings import Finding

_REGION_CODE = re.compile(r"\d{6}|\d{9}|\d{12}", re.ASCII)
_OPERATOR = "region_within"


def check_districts(subject: Subject, service: Service) -> Iterator[Finding]:
    """Every region that a fact names is one: of other provinces only the form of the code is known."""
    yield from _findings(service, service.form.logic.facts, subject.document("logic").under("facts"))
    for name, form in service.task_forms.items():
        yield from _findings(service, form.logic.facts, subject.document("task_logic", name).under("facts"))
    for name, process in service.processes.items():
        yield from _findings(service, process.facts, subject.document("process", name).under("facts"))


def _findings(service: Service, facts: Mapping[str, Mapping[str, Any]], here: Place) -> Iterator[Finding]:
    for name, fact in facts.items():
        operands = fact.get(_OPERATOR)
        code = operands[1] if isinstance(operands, list) and len(operands) == 2 else None
        if not isinstance(code, str):
            continue
        place = here.under(name, _OPERATOR, 1)
        if not _REGION_CODE.fullmatch(code):
            yield place.error("bad-region-code", region=code)
        elif contains(service.bundle.region, code) and code not in service.regions.regions:
            yield place.error("unknown-region", region=code)
