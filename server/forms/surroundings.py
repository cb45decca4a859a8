"""What a form needs of the service around it."""

from __future__ import annotations

import msgspec

from server.definitions.bundle import Code, CodeList
from server.definitions.regions import RegionTree
from server.definitions.service import Service
from server.rules.types import INT, RuleType


class FormSurroundings(msgspec.Struct, frozen=True, kw_only=True):
    """Code lists, parameters, items, materials, consents and regions that fields refer to."""

    codelists: dict[str, CodeList]
    #: `parameters.<id>` to type.
    parameters: dict[str, RuleType]
    #: Ids of the materials that an instance may carry.
    materials: tuple[str, ...] = ()
    #: Item id to the fields its departments see, the common ones included.
    scopes: dict[str, frozenset[str]] = {}
    #: Property path of the chosen items, empty for forms that have none.
    items_field: str = ""
    consents: dict[str, str]
    regions: RegionTree


def surroundings_of(service: Service, field_titles: dict[str, str] | None = None) -> FormSurroundings:
    """The surroundings of a service's forms.

    Code lists `items`, `materials` and `fields` are derived from the service itself; `fields` only when titles are given.
    """
    derived = {
        "items": CodeList(
            title="items",
            codes={item_id: Code(title=item.title, hint=item.hint or item.summary) for item_id, item in service.items.items.items()},
            offer=tuple(sorted(service.items.items, key=lambda item_id: service.items.items[item_id].order)),
        ),
        "materials": CodeList(
            title="materials",
            codes={name: Code(title=material.title) for name, material in service.materials.materials.items()},
            offer=tuple(sorted(service.materials.materials, key=lambda name: service.materials.materials[name].row)),
        ),
        "fields": CodeList(
            title="fields",
            codes={field: Code(title=title) for field, title in (field_titles or {}).items()},
            offer=tuple(field_titles or {}),
        ),
    }
    common = frozenset(service.items.common_scope)
    return FormSurroundings(
        codelists={**service.codelists, **derived},
        parameters={f"parameters.{name}": INT for name in service.parameters.parameters},
        materials=tuple(derived["materials"].offer or ()),
        scopes={item_id: common | frozenset(item.data_scope) for item_id, item in service.items.items.items()},
        items_field=service.bundle.items_field,
        consents=service.consents,
        regions=RegionTree(service.regions.regions),
    )
