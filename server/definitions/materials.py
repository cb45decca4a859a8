"""Materials (附件3 and its likes) and notices."""

from __future__ import annotations

from typing import Literal

from server.definitions.common import Document, Status


class Material(Document, frozen=True, kw_only=True):
    """One row of the materials list."""

    title: str
    #: Position in the official list.
    row: int
    #: Code of the list `material_kind` (原件, 复印件 …).
    kind: str
    #: Code of the list `material_form` (扫描版, 照片 …).
    form: str
    #: As printed in the list.
    necessity: str
    #: Items that need it; absent means all of them.
    items: tuple[str, ...] | None = None
    #: Rule over the answers; the material is due when it holds for a chosen item.
    due: str = "true"
    #: Why it is asked, shown beside the upload.
    reason: str
    #: Rule over the answers; when it holds, nothing has to be uploaded.
    waived: str | None = None
    #: Why nothing is asked, shown in its place.
    waived_reason: str | None = None
    hint: str | None = None
    #: How long an accepted material serves later applications; 0 means never.
    reuse_days: int = 0
    reuse_status: Status = "assumed"
    #: Name of the electronic licence that counts as this material.
    e_licence: str | None = None
    #: Whether one file or several pages are expected.
    pages: Literal["one", "several"] = "one"
    #: Id of a consent text that can be printed and signed.
    template: str | None = None
    #: Who signs the printed text, in the order of the lines to sign on.
    signatures: tuple[str, ...] = ()
    source: str | None = None


class Materials(Document, frozen=True, kw_only=True):
    """`materials.json`."""

    materials: dict[str, Material]


class Notice(Document, frozen=True, kw_only=True):
    """`notices/<id>.json`: a message or letter; `{expression}` in the texts is a rule over the case."""

    title: str
    channel: Literal["message", "letter", "public"]
    subject: str
    text: str
    source: str | None = None
