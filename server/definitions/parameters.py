"""Which value of a parameter applies where and when."""

from __future__ import annotations

from datetime import date

from server.definitions.bundle import Parameters
from server.definitions.regions import RegionTree, contains


def parameter_values(parameters: Parameters, regions: RegionTree, *, region: str, day: date) -> dict[str, int]:
    """`parameters.<id>` to the value that applies in a region on a day.

    The most specific region that contains `region` wins, then the latest value valid by that day; a parameter without
    such a value is absent, so that rules which need it are undefined rather than wrong.
    """
    found: dict[str, int] = {}
    for name, parameter in parameters.parameters.items():
        valid = [
            value for value in parameter.values if contains(value.region, region) and date.fromisoformat(value.valid_from) <= day
        ]
        if valid:
            best = max(valid, key=lambda value: (len(regions.path(value.region)), value.valid_from))
            found[f"parameters.{name}"] = best.value
    return found
