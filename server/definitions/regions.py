"""The tree of regions behind region codes (GB/T 2260 and the statistical codes below them)."""

from __future__ import annotations

from collections.abc import Mapping

from server.definitions.common import LEVEL_DIGITS, Level
from server.types import RegionCode

_LEVELS: tuple[Level, ...] = ("province", "city", "county", "township", "village")


class RegionTree:
    """Names, levels, parents and children of region codes; unknown codes have no name and no parent.

    A code has 6, 9 or 12 digits. Six digits name a province when the last four are zero, a city when the last two are.
    """

    def __init__(self, names: Mapping[str, str]) -> None:
        self._names = dict(names)
        self._children: dict[str, list[RegionCode]] = {}
        for code in sorted(self._names):
            self._children.setdefault(self._above(code), []).append(RegionCode(code))

    def __contains__(self, code: str) -> bool:
        return code in self._names

    def name(self, code: str) -> str | None:
        """The region's own name."""
        return self._names.get(code)

    def children(self, code: str) -> tuple[RegionCode, ...]:
        """The regions directly below, sorted by code; the topmost ones for an empty code.

        Where a level has no names, as between a municipality and its districts, those below it stand in its place.
        """
        return tuple(self._children.get(code, ()))

    def districts(self) -> tuple[tuple[RegionCode, tuple[RegionCode, ...]], ...]:
        """The counties by the region directly above them, and with them the cities and provinces that have none.

        Every region below is reached from exactly one of them; the empty code stands above the topmost regions.
        """
        uppers = (RegionCode(""), *(RegionCode(code) for code in sorted(self._names) if self._has_districts(code)))
        groups = ((upper, tuple(one for one in self.children(upper) if not self._has_districts(one))) for upper in uppers)
        return tuple((upper, districts) for upper, districts in groups if districts)

    def _above(self, code: str) -> str:
        """The nearest region above that has a name."""
        parent = parent_code(code)
        while parent is not None and parent not in self._names:
            parent = parent_code(parent)
        return parent or ""

    def _has_districts(self, code: str) -> bool:
        return any(level_of(one) in ("city", "county") for one in self.children(code))

    def path(self, code: str) -> tuple[RegionCode, ...]:
        """The region and those above it, the province first."""
        above = parent_code(code)
        return (*(self.path(above) if above else ()), RegionCode(code))

    def full_name(self, code: str) -> str:
        """Names from the province down, joined; a code without a name stands for itself."""
        return "".join(self._names.get(part, "") for part in self.path(code)) or code


def level_of(code: str) -> Level:
    """The level a region code names."""
    if len(code) > 6:
        return "township" if len(code) == 9 else "village"
    if code.endswith("0000"):
        return "province"
    return "city" if code.endswith("00") else "county"


def parent_code(code: str) -> RegionCode | None:
    """The code of the region directly above; none for a province."""
    level = level_of(code)
    if level == "province":
        return None
    return code_at(code, _LEVELS[_LEVELS.index(level) - 1])


def code_at(code: str, level: Level) -> RegionCode:
    """The code of the region of `level` that contains `code`; the code itself when it lies higher."""
    if _LEVELS.index(level) >= _LEVELS.index(level_of(code)):
        return RegionCode(code)
    digits = LEVEL_DIGITS[level]
    return RegionCode(code[:digits].ljust(6, "0") if digits <= 6 else code[:digits])


def contains(upper: str, lower: str) -> bool:
    """Whether `lower` is `upper` or lies inside it."""
    digits = LEVEL_DIGITS[level_of(upper)]
    return lower[:digits] == upper[:digits] and len(lower) >= min(len(upper), digits)


def common_region(one: str, other: str) -> RegionCode:
    """The smallest region that contains both; that of the first alone where none does."""
    wider: RegionCode | None = RegionCode(one)
    while wider is not None and not contains(wider, other):
        wider = parent_code(wider)
    return wider if wider is not None else RegionCode(one)
