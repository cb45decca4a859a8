"""The designers: pages in which administrators read, change, check and publish the documents of a service.

May import everything of `server` below the programs; `server` imports it only where the program is put together.
Start with `ROUTES`, `workspace.open_workspace` and `fields`.
"""

from __future__ import annotations

from admin_ui import (
    affected,
    conflicts,
    documents,
    fields,
    imports,
    intake,
    new_documents,
    new_fields,
    outlines,
    preview_pages,
    processes,
    proposals,
    publishing,
    regions,
    restoring,
    revisions,
    services,
)
from admin_ui.rendering import style_sheet

#: Every route of the designers, for `server.web.app.create_app`.
ROUTES = (
    *services.ROUTES,
    *outlines.ROUTES,
    *fields.ROUTES,
    *new_fields.ROUTES,
    *preview_pages.ROUTES,
    *documents.ROUTES,
    *new_documents.ROUTES,
    *imports.ROUTES,
    *processes.ROUTES,
    *restoring.ROUTES,
    *publishing.ROUTES,
    *proposals.ROUTES,
    *affected.ROUTES,
    *revisions.ROUTES,
    *regions.ROUTES,
    *conflicts.ROUTES,
    *intake.ROUTES,
    style_sheet,
)

__all__ = ["ROUTES"]
