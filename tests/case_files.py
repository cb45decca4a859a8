"""Case files: one text with named parts, of which those named `want/…` are the complete expected result.

# What the case shows.
-- schema --
{"type": "integer"}
-- want/example --
1
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from difflib import unified_diff
from pathlib import Path

import msgspec

CASES = Path(__file__).resolve().parent / "cases"
_HEADING = re.compile(r"^-- (.+) --$", re.MULTILINE)


class Case(msgspec.Struct, frozen=True):
    """One case file."""

    path: Path
    #: The comment above the parts.
    note: str
    #: Name to text, without the final line end.
    parts: dict[str, str]

    def wanted(self) -> dict[str, str]:
        """The expected results by name, without `want/`."""
        return {name.removeprefix("want/"): text for name, text in self.parts.items() if name.startswith("want/")}


def read_case(path: Path) -> Case:
    """The case in a file."""
    note, *rest = _HEADING.split(path.read_text(encoding="utf-8"))
    parts = {name: text.strip("\n") for name, text in zip(rest[::2], rest[1::2], strict=True)}
    return Case(path, note.strip("\n"), parts)


def compare(case: Case, found: Mapping[str, str]) -> None:
    """Asserts that the results are the expected ones; with `UPDATE` in the environment the file is rewritten instead."""
    if os.environ.get("UPDATE"):
        given = {name: text for name, text in case.parts.items() if not name.startswith("want/")}
        parts = given | {f"want/{name}": text for name, text in found.items()}
        blocks = [case.note, *(f"-- {name} --\n{text}" for name, text in parts.items())]
        case.path.write_text("\n".join(blocks) + "\n", encoding="utf-8")
        return
    differences = [
        "\n".join(
            unified_diff(case.wanted().get(name, "").splitlines(), found.get(name, "").splitlines(), "wanted", name, lineterm="")
        )
        for name in {**case.wanted(), **found}
    ]
    assert not any(differences), f"{case.path.name}: {case.note}\n" + "\n".join(filter(None, differences))
