"""What is derived from a release and a case: the facts of its process, an office's data scope, places and offices in words."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

import msgspec

from server.cases.model import Application, Case
from server.cases.people import Unit
from server.definitions.process import AnyNode
from server.definitions.regions import code_at, contains, parent_code
from server.definitions.workdays import day_of
from server.forms.data import FormData, group_pointer
from server.forms.settle import Context, bindings_of, field_id_of
from server.messages.cases import OFFICE
from server.processes.advance import CaseFacts
from server.processes.state import State
from server.releases import Release
from server.types import JsonValue, RegionCode


class Known(msgspec.Struct, frozen=True, kw_only=True):
    """What rules know of an application's answers at a moment."""

    region: RegionCode
    today: date
    #: The day whose amounts apply.
    day: date
    bindings: dict[str, Any]


def case_facts(release: Release, application: Application, case: Case, now: datetime, *, known: Known | None = None) -> CaseFacts:
    """What the rules of a case's process may know besides its own state.

    Amounts are those of the day of acceptance in the case's region, of today before it. What is `known` of the answers
    already is not worked out again.
    """
    day = case.accepted_on or day_of(now)
    item = release.service.items.items[case.item]
    own = {"number": case.number, "item": case.item, "item_title": item.title, "accepted_on": day.isoformat()}
    return _facts(release, application, case.region, now=now, day=day, own=own, known=known)


def intake_facts(release: Release, application: Application, now: datetime, *, known: Known | None = None) -> CaseFacts:
    """What the rules of an application's intake may know; it stands for all items, so `case.item` is empty."""
    day = day_of(application.submitted_at)
    title = release.service.bundle.title
    own = {"number": application.number, "item": "", "item_title": title, "accepted_on": day.isoformat()}
    return _facts(release, application, application.region, now=now, day=day, own=own, known=known)


def task_context(release: Release, case: Case, *, outcome: str, now: datetime) -> Context:
    """What the rules of a task form may know once an outcome is chosen."""
    return release.context(case.region, now, day=case.accepted_on, extra={"outcome": outcome})


def scoped_fields(release: Release, item: str) -> frozenset[str]:
    """The fields of the application form that the officials of an item may see; a group when one of its members is."""
    items = release.service.items
    seen = frozenset(items.common_scope) | frozenset(items.items[item].data_scope)
    groups = {group for group, members in release.form.groups.items() if any(member in seen for member in members)}
    return (seen | groups) & frozenset(release.form.fields)


def scoped_materials(release: Release, item: str) -> tuple[str, ...]:
    """The materials that the officials of an item may see, in the order of the official list."""
    materials = release.service.materials.materials
    return tuple(name for name in release.materials if materials[name].items is None or item in (materials[name].items or ()))


def scoped_data(release: Release, item: str, data: FormData) -> FormData:
    """The answers that the officials of an item may see, with the files of its materials."""
    fields, materials = scoped_fields(release, item), scoped_materials(release, item)
    asked = {f"/materials/{name}" for name in materials}
    values = {p: v for p, v in data.values.items() if p in asked or field_id_of(p) in fields}
    return FormData(values=values, rows={p: keys for p, keys in data.rows.items() if field_id_of(p) in fields})


def place_of(release: Release, data: FormData) -> RegionCode:
    """The region in which an application is received: that of its place field, the release's own without an answer."""
    return given_place(release, data) or release.region


def given_place(release: Release, data: FormData) -> RegionCode:
    """The region given in the place field; empty without an answer."""
    parts = release.service.bundle.place_field.split(".")
    for count in range(len(parts), 0, -1):
        value: JsonValue = data.values.get(group_pointer(".".join(parts[:count])))
        for part in parts[count:]:
            value = value.get(part) if isinstance(value, dict) else None
        if isinstance(value, str) and value:
            return RegionCode(value)
    return RegionCode("")


def place_in(release: Release, instance: JsonValue, region: str) -> RegionCode:
    """The region in which a submitted instance is received: that of its place field inside a region, else the region itself."""
    value = instance
    for part in release.service.bundle.place_field.split("."):
        value = value.get(part) if isinstance(value, dict) else None
    known = isinstance(value, str) and value.isdecimal() and len(value) in (6, 9, 12)
    return RegionCode(value if known and contains(region, value) else region)


def applicant_name(release: Release, data: FormData) -> str:
    """The name of the person who applies; empty while it is not answered."""
    value: JsonValue = data.values.get(group_pointer(release.service.bundle.name_field))
    return value if isinstance(value, str) else ""


def is_inside(release: Release, region: str) -> bool:
    """Whether a release applies in a region."""
    return contains(release.region, region)


def unit_title(release: Release, unit: Unit) -> str:
    """An office in words: its name with the place it works in."""
    agency = release.service.agencies.agencies[unit.agency]
    place: RegionCode | None = unit.region
    while place is not None and release.regions.name(place) is None:
        place = parent_code(place)
    name = release.regions.name(place) if place is not None else None
    return OFFICE.format(office=agency.levels.get(unit.level, agency.title), place=name or unit.region)


def lead_office(release: Release, case: Case) -> Unit:
    """The office that leads a case's item where the case is, whether a task has been its own yet or not."""
    item = release.service.items.items[case.item]
    return Unit(agency=item.lead_agency, level=item.level, region=code_at(case.region, item.level))


def case_state(case: Case) -> str:
    """The state of a case as pages name it: `running`, `asked`, `ended` or `withdrawn`."""
    if case.ended_at is not None:
        return "withdrawn" if any(line.kind == "withdrawn" for line in case.history) else "ended"
    return "asked" if case.supplement is not None else "running"


def node_of(release: Release, state: State, *, node: str, token: str = "") -> AnyNode | None:
    """The definition of a node; a token inside a sub-process stands at a node of that process."""
    found = state.token(token)
    scope = next((scope for scope in state.scopes if found is not None and scope.id == found.scope), None)
    preferred = scope.process if scope is not None else state.process
    for process in (preferred, state.process, *release.processes):
        nodes: Mapping[str, AnyNode] = release.processes[process].definition.nodes
        if node in nodes:
            return nodes[node]
    return None


def node_title(release: Release, state: State, *, node: str, token: str = "") -> str:
    """The title of a node, its id where it has none."""
    found = node_of(release, state, node=node, token=token)
    return (found.title if found is not None else None) or node


def _facts(
    release: Release,
    application: Application,
    region: RegionCode,
    *,
    now: datetime,
    day: date,
    own: dict[str, str],
    known: Known | None,
) -> CaseFacts:
    if known is not None and (known.region, known.today, known.day) == (region, day_of(now), day):
        bindings = dict(known.bindings)
    else:
        bindings = bindings_of(release.form, application.instance, release.context(region, now, day=day))
    bindings |= {f"case.{name}": value for name, value in {**own, "region": region}.items()}
    files: JsonValue = application.instance.get("materials", {})
    bindings |= {f"provided.{name}": len(files.get(name, ())) for name in release.materials}
    return CaseFacts(bindings=bindings, now=now, place=region, others=release.processes)
