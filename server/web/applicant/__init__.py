"""Pages for people who apply: drafts, materials, checking, submitting, following, answering supplements.

Every page works without JavaScript. Start with `drafts.open_draft`, `sections` and `following`.
"""

from __future__ import annotations

from server.web.applicant import check, following, materials, sections, supplement, task_list

ROUTES = (
    *task_list.ROUTES,
    *sections.ROUTES,
    *materials.ROUTES,
    *check.ROUTES,
    *following.ROUTES,
    *supplement.ROUTES,
)
