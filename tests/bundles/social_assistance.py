"""The shipped social assistance service as a release, for the tests of this folder."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from server.definitions import process
from server.definitions.service import Service
from server.exports.folder import read_trees
from server.forms.compile import CompiledForm
from server.processes.structure import edges_of
from server.releases import Release, compile_release

ROOT = Path(__file__).resolve().parents[2]
SERVICE, REGION = "shanxi/social_assistance", "140000"


@cache
def release() -> Release:
    found, findings = compile_release(read_trees(ROOT).documents, SERVICE, REGION)
    assert found is not None, findings
    return found


def service() -> Service:
    return release().service


def application_form() -> CompiledForm:
    return release().form


def task_form(form_id: str) -> CompiledForm:
    return release().task_forms[form_id]


def targets(node: process.AnyNode) -> tuple[str, ...]:
    """The nodes a node leads to."""
    return tuple(target for _, target in edges_of(node))
