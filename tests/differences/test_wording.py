"""Differences by example: edits of the second service, and every sentence told of them."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest
from case_files import Case, compare, read_case
from differing_documents import SERVICE, base

from server.differences.semantic import applicant_changes, semantic_changes
from server.documents.pointer import MISSING, format_pointer, parse_pointer, remove, replace, resolve

CASES = sorted(Path(__file__).with_name("cases").glob("*.case"))


@pytest.mark.cases
@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_edits_are_told_in_sentences(path: Path) -> None:
    case = read_case(path)
    before = edited(base(), case, "given") if "given" in case.parts else base()
    told = semantic_changes(before, edited(before, case, "edits"), service_id=SERVICE)
    noticed = applicant_changes(before, edited(before, case, "edits"), SERVICE)
    found = {
        "zh": "\n".join(one.zh for one in told),
        "en": "\n".join(one.en for one in told),
        "importance": "\n".join(f"{one.importance} {one.kind} {one.topic}" for one in told),
        "applicant": "\n".join(noticed),
    }
    compare(case, found)


def edited(documents: dict[str, Any], case: Case, part: str) -> dict[str, Any]:
    """The documents with each line of a part done to them: a value put, moved or (without either) taken away."""
    found = copy.deepcopy(documents)
    for line in case.parts[part].splitlines():
        edit = json.loads(line)
        path = next(f"{tree}/{SERVICE}/{edit['in']}" for tree in trees_for(edit["in"]))
        pointer = edit.get("at", "")
        if "to" in edit:
            found[path] = moved(found[path], pointer, edit["to"])
        elif "put" in edit:
            found[path] = replace(found.get(path), pointer, edit["put"])
        elif pointer:
            assert resolve(found[path], pointer) is not MISSING, pointer
            found[path] = remove(found[path], pointer)
        else:
            del found[path]
    return found


def trees_for(name: str) -> tuple[str, ...]:
    in_processes = name.endswith((".process.json", ".table.json")) or name.partition("/")[0] in ("connectors", "notices")
    single = name in ("items.json", "parameters.json", "agencies.json", "calendar.json")
    return ("process_defs",) if in_processes or single else ("form_schemas",)


def moved(document: Any, pointer: str, to: str) -> Any:
    """The document with a value at another place of a list."""
    value = resolve(document, pointer)
    rest = remove(document, pointer)
    *above, index = parse_pointer(to)
    listed = resolve(rest, format_pointer(above))
    assert isinstance(listed, list)
    position = int(index)
    return replace(rest, format_pointer(above), [*listed[:position], value, *listed[position:]])
