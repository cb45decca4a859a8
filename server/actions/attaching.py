"""Files: stored by applicants beside their drafts, shown to those who may see them."""

from __future__ import annotations

import msgspec

from server.actions.office import Actor, Applicant, Office
from server.findings import Refused
from server.store import FileRow


class LoadedFile(msgspec.Struct, frozen=True, kw_only=True):
    """A file with its content."""

    id: str
    name: str
    media_type: str
    content: bytes


async def store_file(
    office: Office, *, actor: Applicant, draft_id: str, name: str, media_type: str, content: bytes
) -> FileRow | Refused:
    """The stored file, not referred to by any answer yet; `too-many-files` when the draft holds its share."""
    raise NotImplementedError


async def load_file(office: Office, *, actor: Actor, file_id: str) -> LoadedFile | Refused:
    """A file of an own draft or application, or of a case within the official's offices and the item's data scope."""
    raise NotImplementedError
