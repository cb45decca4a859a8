"""Processes to be written, drawn and read: those in the trees of documents and random ones."""

from __future__ import annotations

import json
import sys
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
from hypothesis import strategies as st

from server.definitions.process import ProcessDefinition

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/processes"))

from random_processes import processes  # noqa: E402


@cache
def written() -> dict[str, ProcessDefinition]:
    """Every whole process of the documents by its id."""
    paths = [*(ROOT / "process_defs").rglob("*.process.json"), *(ROOT / "tests/services").rglob("*.process.json")]
    found: dict[str, ProcessDefinition] = {}
    for path in sorted(paths):
        value = json.loads(path.read_text(encoding="utf-8"))
        if all(isinstance(node, dict) and "kind" in node for node in value.get("nodes", {}).values()) and "title" in value:
            found[path.name.removesuffix(".process.json")] = msgspec.convert(value, ProcessDefinition)
    return found


def definitions() -> st.SearchStrategy[ProcessDefinition]:
    """Random processes that compile, with nodes of every kind, jumps and boundary events."""
    return processes().map(lambda found: found[0].definition)


def definition_of(**nodes: Any) -> ProcessDefinition:
    """A process of these nodes."""
    return msgspec.convert({"title": "流程", "nodes": nodes}, ProcessDefinition)
