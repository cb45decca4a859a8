"""The command diff: what differs between two configurations."""

from __future__ import annotations

import asyncio
from pathlib import Path

import msgspec

from server.actions import publishing
from server.cli.output import fail, print_json
from server.cli.running import opened_office
from server.cli.trees import tree_roots
from server.documents.difference import Difference, document_differences
from server.exports.folder import read_trees
from server.messages.differences import difference_text
from server.types import JsonValue, ReleaseId


def diff(a: str, b: str, *, json: bool = False) -> None:
    """Show what differs from A to B: folders with data trees, release ids (sha256:…) or ids of published services."""
    found = document_differences(*asyncio.run(_both(a, b)))
    if json:
        print_json([{**msgspec.to_builtins(one), "message": _text(one)} for one in found])
        return
    for one in found:
        print(_text(one))
    print(f"{len(found)} differences")


async def _both(a: str, b: str) -> tuple[dict[str, JsonValue], dict[str, JsonValue]]:
    before, after = await _documents(a), await _documents(b)
    return _narrowed(before, after, is_folder(a)), _narrowed(after, before, is_folder(b))


async def _documents(name: str) -> dict[str, JsonValue]:
    if is_folder(name):
        (root,) = tree_roots((Path(name),))[:1]
        return read_trees(root).documents
    async with opened_office() as office:
        if name.startswith("sha256:"):
            found = await publishing.export_release(office, release_id=ReleaseId(name))
        else:
            found = await publishing.export(office, service_id=name)
    if found is None:
        fail(f"{name} is neither a folder nor a release nor a published service")
    return found


def is_folder(name: str) -> bool:
    """Whether the name stands for a folder on disk."""
    return Path(name).is_dir()


def _text(one: Difference) -> str:
    return difference_text(one.kind, f"{one.path} {one.pointer}".strip(), one.before, one.after)


def _narrowed(documents: dict[str, JsonValue], other: dict[str, JsonValue], folder: bool) -> dict[str, JsonValue]:
    """A folder may hold several services, a release holds one: only what the other side can have is compared."""
    if not folder:
        return documents
    services = {tuple(path.split("/")[1:3]) for path in other}
    return {path: value for path, value in documents.items() if tuple(path.split("/")[1:3]) in services}
