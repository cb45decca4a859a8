"""The formats of others that a release can be written in."""

from __future__ import annotations

from collections.abc import Callable

from server.exchange.targets.bpmn import bpmn
from server.exchange.targets.derived import Derived
from server.exchange.targets.dmn import dmn
from server.exchange.targets.field_table import field_table
from server.exchange.targets.openapi import openapi
from server.exchange.targets.schemas import draft_07, inline_codelists, strip_x
from server.releases import Release

TARGETS: dict[str, Callable[[Release], Derived]] = {
    "draft-07": draft_07,
    "strip-x": strip_x,
    "inline-codelists": inline_codelists,
    "openapi": openapi,
    "dmn": dmn,
    "bpmn": bpmn,
    "field-table": field_table,
}
