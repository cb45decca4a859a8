"""Values for the contexts of templates in which every text is hostile."""

from __future__ import annotations

from datetime import UTC, datetime

import msgspec

from admin_ui.changes import Differences, DocumentChange
from admin_ui.field_views import Head
from admin_ui.levels import Badge, Hold
from server.differences.change import SemanticChange
from server.findings import Finding
from server.types import ReleaseId

HOSTILE = "<script>alert('x')</script>\"'&"
NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
RELEASE = ReleaseId("sha256:" + "0" * 64)
HEAD = Head(title=HOSTILE, path="/admin/services/a/b", changed=3, edited=True, place=HOSTILE, behind=True)
BADGE = Badge(words=HOSTILE, tone="info")
HOLD = Hold(words=HOSTILE, fixed=True, pointer=HOSTILE)
FINDING = Finding(
    code="unknown-field",
    severity="error",
    path=f"form_schemas/a/b/{HOSTILE}.json",
    pointer=f"/{HOSTILE}",
    line=7,
    params={"field": HOSTILE, "suggestion": HOSTILE, "line": 1, "column": 1},
)
WARNING = msgspec.structs.replace(FINDING, severity="warning", line=None)
PAIRS = ((HOSTILE, HOSTILE), ("b", "B"))
ERRORS = (("#label", HOSTILE),)
CHANGE = DocumentChange(
    path=HOSTILE, title=HOSTILE, state="changed", summary=(HOSTILE,), lines=(f"+{HOSTILE}", "-x", "@@"), omitted=4
)
SAID = SemanticChange(path="p", pointer="", kind="changed", topic="label", zh=HOSTILE, en="x", importance="major")
DIFFERENCES = Differences(changes=(SAID, msgspec.structs.replace(SAID, importance="minor")), documents=(CHANGE,))
