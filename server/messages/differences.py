"""Differences between two versions of a configuration, in words."""

from __future__ import annotations

import json

_KINDS = {"added": "新增", "removed": "删除", "changed": "修改"}
_LONGEST = 80


def difference_text(kind: str, place: str, before: object, after: object) -> str:
    """One difference as a line: what happened where, and both values where they are short."""
    if kind == "changed":
        return f"{_KINDS[kind]} {place}：由 {_short(before)} 改为 {_short(after)}"
    return f"{_KINDS[kind]} {place}：{_short(after if kind == 'added' else before)}"


def _short(value: object) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    joined = " ".join(text.split())
    return joined if len(joined) <= _LONGEST else f"{joined[:_LONGEST]}…"
