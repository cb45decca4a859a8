"""Pages of the working copy alone, as applicants and officials will see them; they can be filled in and forget it at once."""

from __future__ import annotations

import msgspec
from litestar import Response, get, post
from litestar.params import FromPath

from admin_ui import previews
from admin_ui.catalogue import form_title
from admin_ui.field_views import Head, form_path, head_of
from admin_ui.fields import hidden_inputs
from admin_ui.form_keys import FormKey
from admin_ui.outlines import known_key
from admin_ui.previews import Built, Preview
from admin_ui.rendering import show
from admin_ui.workspace import Workspace, open_workspace, saved_form
from server.forms.data import FormData
from server.messages.admin import PREVIEW_BROKEN, PREVIEW_GOOD, PREVIEW_PARTIAL
from server.web.access import office_of
from server.web.failures import Missing
from server.web.requests import AnyRequest, posted, query
from server.web.templating import fragment, site_of, today_of

_ROUTE = "/admin/services/{tree:str}/{name:str}/forms/{key:str}/preview/{page_id:str}"


class PreviewPage(msgspec.Struct, frozen=True, kw_only=True):
    """Context of `admin/preview.html`."""

    head: Head
    form_title: str
    form_href: str
    title: str
    html: bytes
    note: str = ""
    tone: str = "info"
    examples: tuple[tuple[str, str], ...] = ()
    example: str = ""
    #: Address and title of every page.
    pages: tuple[tuple[str, str], ...] = ()
    #: Address of this page.
    current: str = ""


@get(_ROUTE, opt={"access": "administrator"})
async def preview(
    request: AnyRequest, tree: FromPath[str], name: FromPath[str], key: FromPath[str], page_id: FromPath[str]
) -> Response[bytes]:
    """One page, filled from an example when one is asked for."""
    space, built = await _built(request, tree, name, key)
    example = query(request, "example")
    return _show(request, space, built, page_id, data=previews.example_data(built, example), example=example)


@post(_ROUTE, opt={"access": "administrator", "body": "upload"}, status_code=200)
async def try_preview(
    request: AnyRequest, tree: FromPath[str], name: FromPath[str], key: FromPath[str], page_id: FromPath[str]
) -> Response[bytes]:
    """The page as the rules make it of what was typed, and what would have to be corrected."""
    space, built = await _built(request, tree, name, key)
    body, today = posted(request), today_of(office_of(request).clock())
    example = body.first("example")
    data = previews.example_data(built, example)
    data = previews.posted_data(built, page_id, body.fields, data=data, today=today)
    return _show(request, space, built, page_id, data=data, example=example, check=body.first("intent") == "next")


async def _built(request: AnyRequest, tree: str, name: str, key: str) -> tuple[Workspace, Built]:
    space = await open_workspace(request, tree, name)
    return space, await saved_form(request, space, known_key(space, key))


def _show(
    request: AnyRequest, space: Workspace, built: Built, page_id: str, *, data: FormData, example: str, check: bool = False
) -> Response[bytes]:
    if built.form is not None and built.form.page(page_id) is None:
        raise Missing
    shown = previews.preview_page(
        built,
        page_id,
        data=data,
        today=today_of(office_of(request).clock()),
        action=_path(space, built.key, page_id),
        extra=hidden_inputs(site_of(request).csrf, example),
        check=check,
    )
    if shown is not None and query(request, "refresh"):
        return fragment(shown.html)
    return show(request, "preview.html", _page(space, built, page_id, shown, example=example, check=check))


def _page(space: Workspace, built: Built, page_id: str, shown: Preview | None, *, example: str, check: bool) -> PreviewPage:
    good = check and shown is not None and not shown.problems
    pages = built.form.pages if built.form is not None else ()
    return PreviewPage(
        head=head_of(space),
        form_title=form_title(space.documents, built.key),
        form_href=form_path(space, built.key),
        title=shown.page.label if shown is not None else page_id,
        html=shown.html if shown is not None else b"",
        note=PREVIEW_BROKEN if shown is None else PREVIEW_PARTIAL if built.partial else PREVIEW_GOOD if good else "",
        tone="good" if good and not built.partial else "warn",
        examples=previews.example_ids(built.service, built.key),
        example=example,
        pages=tuple((_path(space, built.key, page.id), page.label) for page in pages),
        current=_path(space, built.key, page_id),
    )


def _path(space: Workspace, key: FormKey, page_id: str) -> str:
    return f"{form_path(space, key)}/preview/{page_id}"


ROUTES = (preview, try_preview)
