"""Figures of documents lie where they mean something: no limit of no days, no repeat that never happens."""

from __future__ import annotations

from collections.abc import Iterator

from server.checks.place import Place, places
from server.checks.subject import Subject
from server.definitions.service import Service, place_of
from server.findings import Finding

#: Kind of document, pattern of a figure, and the least it can be.
_LEAST: tuple[tuple[str, str, int], ...] = (
    ("materials", "/materials/*/row", 1),
    ("materials", "/materials/*/reuse_days", 0),
    ("items", "/items/*/legal_limit", 1),
    ("items", "/items/*/extended_limit", 1),
    ("items", "/items/*/promised_limit", 1),
    ("items", "/items/*/visits", 0),
    ("connector", "/operations/*/retry/attempts", 1),
    ("connector", "/operations/*/retry/first_delay_seconds", 1),
    ("calendar", "/years/*", 1949),
)
#: Units of which there is never less than none.
_COUNTED = ("fen", "percent", "day", "workday", "month", "year", "person", "gram", "hour")


def check_ranges(subject: Subject, service: Service) -> Iterator[Finding]:
    """No figure is below the least that has a meaning, and a limit is not extended to less."""
    for path, document in subject.documents.items():
        place = place_of(path, service.id)
        for kind, pattern, least in _LEAST:
            if place is not None and place.kind == kind:
                for here, figure in places(document, pattern, Place(path)):
                    if isinstance(figure, int) and figure < least:
                        yield here.error("figure-too-small", figure=figure, least=least)
    for name, parameter in service.parameters.parameters.items():
        if parameter.unit.split("/")[0] in _COUNTED:
            here = subject.document("parameters").under("parameters", name, "values")
            for index, value in enumerate(parameter.values):
                if value.value < 0:
                    yield here.under(index, "value").error("figure-too-small", figure=value.value, least=0)
    for item_id, item in service.items.items.items():
        if item.extended_limit is not None and item.legal_limit is not None and item.extended_limit < item.legal_limit:
            here = subject.document("items").under("items", item_id, "extended_limit")
            yield here.error("extended-below-legal", extended=item.extended_limit, legal=item.legal_limit)
