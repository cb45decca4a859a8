"""The documents whose differences the tests of this folder tell: those of the second service, and any JSON in their places."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from server.definitions.service import documents_of
from server.exports.folder import read_trees

SERVICE = "guizhou/newborn"
FORMS, PROCESSES = f"form_schemas/{SERVICE}", f"process_defs/{SERVICE}"
_TREES = Path(__file__).resolve().parents[1] / "services"


@cache
def base() -> dict[str, Any]:
    return documents_of(read_trees(_TREES).documents, SERVICE)


PATHS = st.sampled_from(sorted(base()))
_KEYS = st.one_of(st.sampled_from(["title", "nodes", "elements", "id", "properties", "values", "$after"]), st.text(max_size=4))
VALUES: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.floats(-1e9, 1e9) | st.text(max_size=6),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_KEYS, inner, max_size=4),
    max_leaves=12,
)
