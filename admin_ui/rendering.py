"""Pages of the designers: the templates here over those of `server.web`, and a style sheet of their own."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import msgspec
from litestar import Response, get
from litestar.params import FromPath

from server.messages.findings import finding_text
from server.web.access import AnyConnection
from server.web.templating import environment, fragment, render_page, site_of

TEMPLATES = Path(__file__).parent / "templates"
_STYLE = (Path(__file__).parent / "static" / "admin.css").read_bytes()
_DIGEST = hashlib.sha256(_STYLE).hexdigest()[:12]
_FOREVER = "public, max-age=31536000, immutable"

_ENVIRONMENT = environment(TEMPLATES)
_ENVIRONMENT.globals["admin_style"] = f"/admin/static/{_DIGEST}/admin.css"
_ENVIRONMENT.filters["finding_text"] = finding_text
_ENVIRONMENT.globals["designer"] = _ENVIRONMENT.get_template("admin/macros.html").module


@get("/admin/static/{digest:str}/admin.css", opt={"access": "public"}, sync_to_thread=False)
def style_sheet(digest: FromPath[str]) -> Response[bytes]:
    """The style sheet; under an outdated address it is sent without being kept."""
    headers = {"cache-control": _FOREVER if digest == _DIGEST else "no-cache"}
    return Response(_STYLE, media_type="text/css", headers=headers)


def show(request: AnyConnection, template: str, context: msgspec.Struct, *, status: int = 200) -> Response[bytes]:
    """The whole page as a response."""
    return render_page(request, f"admin/{template}", context, status=status, folders=(TEMPLATES,))


def show_blocks(request: AnyConnection, template: str, blocks: tuple[str, ...], context: msgspec.Struct) -> Response[bytes]:
    """Blocks of the page one after another, for htmx: the first replaces its target, the others say where they belong."""
    found = _ENVIRONMENT.get_template(f"admin/{template}")
    members: dict[str, Any] = {name: getattr(context, name) for name in context.__struct_fields__}
    scope = found.new_context({**members, "site": site_of(request), "refreshed": True})
    return fragment("".join(part for block in blocks for part in found.blocks[block](scope)).encode("utf-8", "replace"))
