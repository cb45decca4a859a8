"""The table of checks and how they are run."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import partial

from server.checks.actors import check_actors
from server.checks.answers import check_answers
from server.checks.availability import check_availability
from server.checks.codelists import check_codelists
from server.checks.codes import check_asked_codes, check_given_codes
from server.checks.completion import check_completion
from server.checks.conditions import (
    check_fact_conditions,
    check_form_conditions,
    check_material_conditions,
    check_process_conditions,
)
from server.checks.cycles import check_circles
from server.checks.districts import check_districts
from server.checks.examples import check_examples
from server.checks.figures import check_figures
from server.checks.gateways import check_gateways
from server.checks.heads import check_head_fields
from server.checks.intake import check_intake
from server.checks.kinds import check_kinds
from server.checks.labels import check_braces, check_labels, check_lookalikes, check_texts
from server.checks.layout import check_coverage, check_elements
from server.checks.limits import check_limits
from server.checks.names import check_names
from server.checks.outcomes import check_ends, check_outcomes
from server.checks.ranges import check_ranges
from server.checks.references import check_connectors, check_head, check_items, check_materials, check_offices
from server.checks.schemas import check_schemas
from server.checks.secrecy import check_notices, check_requests
from server.checks.settings import check_days, check_locks, check_parameters, check_regions, check_years
from server.checks.sheet import check_sheet
from server.checks.soundness import check_choices, check_soundness
from server.checks.subject import Subject
from server.checks.supplements import check_supplements
from server.checks.tables import check_tables
from server.checks.unused import check_unused
from server.checks.workshop import Workshop
from server.definitions.service import Service
from server.documents.pointer import parse_pointer
from server.findings import Finding
from server.overlays.locating import written_at

#: A segment that can be an index.
_INDEX = re.compile(r"[0-9]{1,9}")

#: Findings of one check that are told; whoever has mended so many checks again.
MAX_FINDINGS = 500

Check = Callable[[Subject, Service], Iterable[Finding]]

#: Every check, in the order of the documents they look at; all of them run, whatever the others find. What keeps
#: documents from being read and compiled was found before, and stands with the subject.
CHECKS: tuple[tuple[str, Check], ...] = (
    ("head", check_head),
    ("fields of the head", check_head_fields),
    ("names", check_names),
    ("regions", check_regions),
    ("days", check_days),
    ("years", check_years),
    ("parameters", check_parameters),
    ("code lists", check_codelists),
    ("texts", check_texts),
    ("lookalikes", check_lookalikes),
    ("braces", check_braces),
    ("figures in range", check_ranges),
    ("data schemas", check_schemas),
    ("layout elements", check_elements),
    ("layout coverage", check_coverage),
    ("field kinds", check_kinds),
    ("labels", check_labels),
    ("circles of rules", check_circles),
    ("answers", check_answers),
    ("codes asked for", check_asked_codes),
    ("codes given", check_given_codes),
    ("conditions of forms", check_form_conditions),
    ("conditions of facts", check_fact_conditions),
    ("conditions of materials", check_material_conditions),
    ("conditions of processes", check_process_conditions),
    ("materials", check_materials),
    ("items", check_items),
    ("intake", check_intake),
    ("offices", check_offices),
    ("connectors", check_connectors),
    ("requests", check_requests),
    ("soundness", check_soundness),
    ("choices", check_choices),
    ("supplements", check_supplements),
    ("gateways", check_gateways),
    ("completion", check_completion),
    ("availability", check_availability),
    ("limits", check_limits),
    ("actors", check_actors),
    ("districts", check_districts),
    ("ends", check_ends),
    ("outcomes", check_outcomes),
    ("tables", check_tables),
    ("notices", check_notices),
    ("printed form", check_sheet),
    ("bare figures", check_figures),
    ("locks", check_locks),
    ("examples", check_examples),
    ("unused documents", check_unused),
)


def run_checks(subject: Subject, workshop: Workshop | None = None) -> tuple[Finding, ...]:
    """Every finding of reading, compiling and checking, each once, sorted by document, place and code.

    Checks whose part of the subject a `workshop` has seen before are not run again.
    """
    shop = workshop or Workshop()
    found = list(subject.findings)
    if subject.service is not None:
        for name, check in CHECKS:
            found += shop.seen(("check", name), partial(_all, check), subject, subject.service)
    if subject.composed is not None:
        found = [*written_at(found, subject.composed, subject.sources)]
    unique = {_identity(finding): finding for finding in reversed(found)}
    return tuple(sorted(unique.values(), key=_position))


def _all(check: Check, subject: Subject, service: Service) -> tuple[Finding, ...]:
    """As many of a check's findings as anybody reads, errors apart from others: an error is never left out for those."""
    told: dict[bool, list[Finding]] = {True: [], False: []}
    for finding in check(subject, service):
        same = told[finding.severity == "error"]
        same += [finding] if len(same) < MAX_FINDINGS else []
        if len(told[True]) == MAX_FINDINGS:
            break
    return (*told[True], *told[False])


def _identity(finding: Finding) -> tuple[str, str, str, str]:
    """What makes two findings the same; a document that several processes use is at fault once."""
    params = {name: value for name, value in finding.params.items() if name != "process" or finding.code == "unknown-process"}
    return finding.path, finding.pointer, finding.code, str(sorted(params.items()))


def _position(finding: Finding) -> tuple[str, list[tuple[int, str]], str]:
    """Where a finding stands among others: by document, then by place with indices as numbers, then by code."""
    segments = parse_pointer(finding.pointer)
    return finding.path, [(int(part), "") if _INDEX.fullmatch(part) else (-1, part) for part in segments], finding.code
