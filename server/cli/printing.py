"""The command sheet."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

from server.cases.views import place_in
from server.cli.output import fail, print_findings
from server.cli.trees import compiled, tree_roots
from server.forms.data import from_instance
from server.forms.settle import settle
from server.paper.answers import Answers
from server.paper.press import FAMILIES, has_font, printed
from server.paper.sheets import sheet_paper
from server.releases import Release

NO_FONT = f"install a Chinese font, {' or '.join(FAMILIES)} (Debian: fonts-noto-cjk)"


def sheet(service: str, *, to: Path, answers: Path | None = None, region: str = "", trees: Path | None = None) -> None:
    """Print the application form of SERVICE as PDF.

    Parameters
    ----------
    to
        The PDF file to write.
    answers
        JSON file with an instance or an example; without one the form is blank.
    region
        Code of the region whose form it is; that of the service by default.
    trees
        Folder with the data trees; the shipped ones by default.
    """
    if not has_font():
        fail(NO_FONT)
    (root,) = tree_roots((trees,) if trees is not None else ())[:1]
    release, findings = compiled(root, service, region)
    if release is None:
        print_findings(findings)
        raise SystemExit(1)
    filled = _filled(release, answers) if answers is not None else Answers(release.form)
    to.parent.mkdir(parents=True, exist_ok=True)
    to.write_bytes(printed(sheet_paper(release, filled)))
    print(f"{service} printed to {to}")


def _filled(release: Release, path: Path) -> Answers:
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        fail(f"{path}: {error}")
    # The examples of a service hold the instance as one of their members.
    instance = value.get("answers", value) if isinstance(value, dict) else None
    if not isinstance(instance, dict):
        fail(f"{path} holds no object")
    keys = (f"r{number}" for number in count(1))
    fields = ((field.group, field.path) for field in release.form.fields.values())
    data = from_instance(instance, fields, keys)
    place = place_in(release, instance, release.region)
    return Answers(release.form, settle(release.form, data, release.context(place, datetime.now(UTC))))
