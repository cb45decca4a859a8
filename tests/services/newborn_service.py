"""A second service, of another province and made of documents alone, beside the one that is shipped."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from server.exports.folder import read_trees
from server.releases import Release, compile_release

ROOT = Path(__file__).resolve().parents[2]
HERE = Path(__file__).resolve().parent
SERVICE, REGION = "guizhou/newborn", "520000"
SHIPPED_SERVICE, SHIPPED_REGION = "shanxi/social_assistance", "140000"

CERTIFICATE, ENTRY = "birth_certificate", "household_entry"
ENROLMENT, CARD = "insurance_enrolment", "social_card"


@cache
def shipped_documents() -> dict[str, Any]:
    return read_trees(ROOT).documents


@cache
def own_documents() -> dict[str, Any]:
    """What the second service adds."""
    return read_trees(HERE).documents


def documents() -> dict[str, Any]:
    """Both services."""
    return shipped_documents() | own_documents()


@cache
def release() -> Release:
    return compiled(documents())


def compiled(found: dict[str, Any], service: str = SERVICE, region: str = REGION) -> Release:
    made, findings = compile_release(found, service, region)
    assert made is not None, [finding for finding in findings if finding.severity == "error"]
    return made


@cache
def walks() -> dict[str, Any]:
    return _named(f"process_defs/{SERVICE}/walks/")


@cache
def examples() -> dict[str, Any]:
    return _named(f"form_schemas/{SERVICE}/examples/")


def _named(prefix: str) -> dict[str, Any]:
    found = own_documents()
    return {path.removeprefix(prefix).removesuffix(".json"): found[path] for path in found if path.startswith(prefix)}
