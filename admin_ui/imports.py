"""Bringing a bundle, or a form in another format, into the working copy: first what would change, then the change."""

from __future__ import annotations

import asyncio
import base64
import binascii
import zlib
from collections.abc import Mapping
from typing import Any, get_args

import msgspec
from litestar import Response, get, post
from litestar.params import FromPath

from admin_ui.catalogue import document_title
from admin_ui.field_views import Head, head_of
from admin_ui.incoming import Arrived, arrived
from admin_ui.rendering import show
from admin_ui.workspace import Workspace, mark_of, open_workspace, save
from server.actions import publishing
from server.exchange.importers.table import Format
from server.exports.signature import public_key
from server.findings import Finding, Refused
from server.messages.admin import NOTES, refusal_text
from server.messages.imports import FAULTS, FORMATS, SIGNERS
from server.web.access import office_of, visit_of
from server.web.failures import SignInFirst
from server.web.requests import AnyRequest, posted, see_other

_ROUTE = "/admin/services/{tree:str}/{name:str}/import"
MOST_BYTES = 4_000_000
#: The reader of posts takes no longer text in one piece.
_PIECE = 150_000
#: Notes and findings shown; the rest is counted.
_MOST_SHOWN = 300
_KEEP = "keep"


class ChangeLine(msgspec.Struct, frozen=True, kw_only=True):
    """A document that the import would change."""

    path: str
    title: str
    #: `added`, `changed` or `removed`.
    state: str
    #: Whether it was edited here and not published yet, so that a colleague's work would go.
    edited: bool


class ImportPage(msgspec.Struct, frozen=True, kw_only=True):
    """Context of `admin/import.html`."""

    head: Head
    action: str
    formats: tuple[tuple[str, str], ...] = tuple(FORMATS.items())
    format: str = ""
    errors: tuple[tuple[str, str], ...] = ()
    note: str = ""
    findings: tuple[Finding, ...] = ()
    #: What was uploaded, in pieces that come back with the answer; nothing before.
    content: tuple[str, ...] = ()
    base: str = ""
    signer: str = ""
    changes: tuple[ChangeLine, ...] = ()
    #: Outcome, place, construct and text of what another format could not carry.
    notes: tuple[tuple[str, str, str, str], ...] = ()
    left_off: int = 0
    carried: int = 0


@get(_ROUTE, opt={"access": "administrator"})
async def ask_import(request: AnyRequest, tree: FromPath[str], name: FromPath[str]) -> Response[bytes]:
    """The inputs for files."""
    return show(request, "import.html", _page(await open_workspace(request, tree, name)))


@post(_ROUTE, opt={"access": "administrator", "represent": True, "body": "upload"})
async def take_import(request: AnyRequest, tree: FromPath[str], name: FromPath[str]) -> Response[Any]:
    """Shows what the files would change; once that was seen, changes the working copy."""
    visit, body = visit_of(request), posted(request)
    if visit.signed_in is None:
        raise SignInFirst(rule="administrator", ended=True)
    space = await open_workspace(request, tree, name)
    wanted = body.first("format")
    page = msgspec.structs.replace(_page(space), format=wanted if wanted in FORMATS else "")
    if not visit.genuine:
        return show(request, "import.html", msgspec.structs.replace(page, note=NOTES["page-stale"]), status=403)
    pieces = [value for key, value in body.fields if key == "content"]
    files = _unpacked("".join(pieces)) if pieces else {one.filename: one.content for one in body.files if one.content}
    if files is None:
        return _faulty(request, page, FAULTS["damaged"])
    fault = _file_fault(files)
    if fault:
        return _faulty(request, page, fault)
    found = await _arrived(request, space, files, page.format)
    if isinstance(found, str):
        return _faulty(request, page, found)
    page = _shown(page, space, found, files)
    if found.findings and not found.changes:
        return show(request, "import.html", page, status=422)
    if not pieces:
        return show(request, "import.html", page)
    if body.first("base") != page.base:
        return _faulty(request, page, FAULTS["shown-otherwise"])
    kept = {path for path in found.changes if body.first(f"choice:{path}") == _KEEP}
    saved = await save(request, space, {path: value for path, value in found.changes.items() if path not in kept})
    if isinstance(saved, Refused):
        return _faulty(request, page, refusal_text(saved))
    return see_other(f"{space.path}?note=imported")


async def _arrived(request: AnyRequest, space: Workspace, files: Mapping[str, bytes], wanted: str) -> Arrived | str:
    """What the files would change, or why they cannot be taken, in words."""
    office = office_of(request)
    layers = await publishing.export(office, service_id=space.service_id) or {}
    settings = office.settings
    own_key = public_key(settings.signing_key) if settings.signing_key else ""
    form: Format | None = next((one for one in get_args(Format) if one == wanted), None)
    return await asyncio.to_thread(
        arrived,
        files,
        documents=space.documents,
        layers=layers,
        service_id=space.service_id,
        region=space.region,
        form=form,
        as_bundle=wanted == "bundle",
        own_key=own_key,
        trusted=tuple(settings.trusted),
    )


def _page(space: Workspace) -> ImportPage:
    return ImportPage(head=head_of(space), action=f"{space.path}/import")


def _shown(page: ImportPage, space: Workspace, found: Arrived, files: Mapping[str, bytes]) -> ImportPage:
    arriving = {path: value for path, value in found.changes.items() if value is not None}
    changes = tuple(
        ChangeLine(
            path=path,
            title=document_title({**space.documents, **arriving}, path, space.service_id),
            state="added" if path not in space.documents else "removed" if value is None else "changed",
            edited=path in space.working.changed,
        )
        for path, value in found.changes.items()
    )
    return msgspec.structs.replace(
        page,
        findings=found.findings[:_MOST_SHOWN],
        content=_pieces(files) if changes else (),
        base=mark_of([mark_of(space.documents), mark_of(found.changes)]),
        signer=SIGNERS.get(found.signer, ""),
        changes=changes,
        notes=found.notes[:_MOST_SHOWN],
        left_off=max(0, len(found.notes) - _MOST_SHOWN),
        carried=found.carried,
    )


def _faulty(request: AnyRequest, page: ImportPage, fault: str) -> Response[bytes]:
    page = msgspec.structs.replace(page, errors=(("#files", fault),))
    return show(request, "import.html", page, status=422)


def _file_fault(files: Mapping[str, bytes]) -> str:
    if not files:
        return FAULTS["no-file"]
    return FAULTS["too-large"].format(limit=MOST_BYTES) if sum(map(len, files.values())) > MOST_BYTES else ""


def _pieces(files: Mapping[str, bytes]) -> tuple[str, ...]:
    """The files as texts that a form can carry."""
    packed = base64.b64encode(zlib.compress(msgspec.msgpack.encode(dict(files)), 1)).decode()
    return tuple(packed[start : start + _PIECE] for start in range(0, len(packed), _PIECE))


def _unpacked(text: str) -> dict[str, bytes] | None:
    """The files that such texts carry; nothing where they were changed on the way."""
    try:
        reader = zlib.decompressobj()
        # Somewhat more than may be uploaded: the names and lengths of the files.
        plain = reader.decompress(base64.b64decode(text, validate=True), MOST_BYTES + 100_000)
        return msgspec.msgpack.decode(plain, type=dict[str, bytes])
    except (binascii.Error, zlib.error, msgspec.DecodeError, ValueError):
        return None


ROUTES = (ask_import, take_import)
