"""What a form needs of the service around it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from server.definitions.bundle import Code, CodeList
from server.definitions.form import Control, Group
from server.definitions.regions import RegionTree
from server.definitions.service import Service
from server.rules.types import INT, RuleType
from server.types import JsonValue

_NAME = re.compile(r"[a-z_][a-z0-9_]*(?:\[\])?(?:\.[a-z_][a-z0-9_]*)*")


class FormSurroundings(msgspec.Struct, frozen=True, kw_only=True):
    """Code lists, parameters, items, materials, consents and regions that fields refer to."""

    codelists: dict[str, CodeList]
    #: `parameters.<id>` to type.
    parameters: dict[str, RuleType]
    #: Ids of the materials that an instance may carry.
    materials: tuple[str, ...] = ()
    #: Item id to the fields asked for it: those its departments see, the common ones, and those its materials depend on.
    scopes: dict[str, frozenset[str]] = {}
    #: Property path of the chosen items, empty for forms that have none.
    items_field: str = ""
    consents: dict[str, str]
    regions: RegionTree


def surroundings_of(
    service: Service, field_titles: dict[str, str] | None = None, regions: RegionTree | None = None
) -> FormSurroundings:
    """The surroundings of a service's forms; `regions` is the tree of its regions where it is known already.

    Code lists `items`, `materials` and `fields` are derived from the service itself; `fields` only when titles are given.
    Of the fields those outside rows are offered, by page: who asks again for a field of a row asks for its whole group.
    """
    titles = field_titles or {}
    pages = _pages(service)
    derived = {
        "items": CodeList(
            title="items",
            codes={name: Code(title=item.title, hint=item.hint or item.summary) for name, item in service.items.items.items()},
            offer=tuple(sorted(service.items.items, key=lambda item_id: service.items.items[item_id].order)),
        ),
        "materials": CodeList(
            title="materials",
            codes={name: Code(title=material.title) for name, material in service.materials.materials.items()},
            offer=tuple(sorted(service.materials.materials, key=lambda name: service.materials.materials[name].row)),
        ),
        "fields": CodeList(
            title="fields",
            codes={field: Code(title=title, parent=pages.get(field)) for field, title in titles.items()},
            offer=tuple(field for field in titles if "[]" not in field),
        ),
    }
    common = frozenset(service.items.common_scope)
    material_fields = _material_fields(service)
    return FormSurroundings(
        codelists={**service.codelists, **derived},
        parameters={f"parameters.{name}": INT for name in service.parameters.parameters},
        materials=tuple(derived["materials"].offer or ()),
        scopes={name: common | frozenset(item.data_scope) | material_fields[name] for name, item in service.items.items.items()},
        items_field=service.bundle.items_field,
        consents=service.consents,
        regions=regions or RegionTree(service.regions.regions),
    )


def task_surroundings(surroundings: FormSurroundings, schema: Mapping[str, JsonValue]) -> FormSurroundings:
    """What the form of a task needs of them: the code lists that its schema names, and no choice of items."""
    named = set(_texts_in(schema))
    codelists = {name: codelist for name, codelist in surroundings.codelists.items() if name in named}
    return msgspec.structs.replace(surroundings, codelists=codelists, scopes={})


def _texts_in(value: JsonValue) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for member in value.values() if isinstance(value, dict) else value:
            yield from _texts_in(member)


def _pages(service: Service) -> dict[str, str]:
    """Property path of every field outside rows to the label of the page it stands on."""
    found: dict[str, str] = {}
    for category in service.form.ui.elements:
        pending = list(category.elements)
        while pending:
            element = pending.pop()
            if isinstance(element, Group):
                pending += element.elements
            elif isinstance(element, Control):
                found[".".join(element.scope.split("/properties/")[1:])] = category.label
    return found


def _material_fields(service: Service) -> dict[str, frozenset[str]]:
    """Item id to every name on which the rules of its materials depend, directly or through facts.

    Whether a material is due must be known even where no department of the item sees the answer that decides it.
    """
    found: dict[str, set[str]] = {item_id: set() for item_id in service.items.items}
    for material in service.materials.materials.values():
        names = _names(f"{material.due} {material.waived or ''}", service.form.logic.facts)
        for item_id in material.items or service.items.items:
            if item_id in found:
                found[item_id] |= names
    return {item_id: frozenset(names) for item_id, names in found.items()}


def _names(rule: str, facts: Mapping[str, Mapping[str, Any]]) -> set[str]:
    """The names in a rule, those that its facts are made of, and what each is a part of; facts in a circle end it, too."""
    names: set[str] = set()
    opened: set[str] = set()
    pending = [rule]
    while pending:
        for name in _NAME.findall(pending.pop()):
            parts = name.split(".")
            names |= {".".join(parts[: count + 1]) for count in range(len(parts))}
            if name in facts and name not in opened:
                opened.add(name)
                pending += _texts_of(facts[name])
    return names


def _texts_of(fact: Mapping[str, Any]) -> Iterator[str]:
    """The operands of a fact and its condition, in which columns stand under the name of their group."""
    group = ""
    for key, value in fact.items():
        if key not in ("title", "where", "skip_unanswered"):
            operands = [str(operand) for operand in (value if isinstance(value, list) else [value])]
            group = operands[0] if operands else ""
            yield from operands
    yield str(fact.get("where", "")).replace("row.", f"{group}[].")
