"""The command convert: a new service from a form in another format."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from server.cli.fidelity import print_notes, report_of
from server.cli.output import fail, finding_lines, print_findings, print_json
from server.definitions.service import LIBRARY
from server.exchange.importers.table import Format, convert
from server.exports.bundles import write_bundle
from server.exports.folder import document_bytes, locate, read_trees, shipped_root
from server.exports.sources import format_of, read_sources
from server.exports.unpacking import MAX_ARCHIVE
from server.messages.fidelity import Language

_REGIONS = f"{LIBRARY}/regions/"


def convert_(
    *files: Path,
    to: Path,
    from_: Annotated[Format | None, Parameter(name="--from")] = None,
    service: str = "imported/form",
    region: str = "",
    lang: Language = "zh",
    json: bool = False,
) -> None:
    """Write a new service that begins with the form in FILES, ready to be published, and report what was not carried over.

    Parameters
    ----------
    files
        A JSON Schema, a schema and a UI schema of JSON Forms, a table of fields (XLSX), an XLSForm or a BPMN process.
    to
        The folder for the documents.
    from_
        The format, where it is not to be guessed.
    service
        Id of the new service, two folders.
    region
        Region whose service it is; that of the shipped list of regions when absent.
    lang
        Language of the report.
    json
        Print the report as JSON.
    """
    missing = [path for path in files if not path.is_file()]
    if missing or not files:
        fail(f"no such file: {', '.join(map(str, missing))}" if missing else "name the files of a form")
    library = read_trees(shipped_root()).documents
    known = [path.removeprefix(_REGIONS).removesuffix(".json") for path in sorted(library) if path.startswith(_REGIONS)]
    region = region or known[0]
    if region not in known:
        fail(f"no list of regions for {region}; there are lists for {', '.join(known)}")
    sources = read_sources({path.name: _content(path) for path in files})
    if isinstance(sources, tuple):
        print_json(finding_lines(sources)) if json else print_findings(sources)
        raise SystemExit(1)
    made = convert(sources, from_ or format_of(sources), service_id=service, region=region, library=library)
    written = {path: document_bytes(value) for path, value in made.documents.items()}
    strange = write_bundle(written, to) if written else ()
    if strange:
        fail(f"{to} holds other files, the first is {strange[0]}; name an empty folder", status=1)
    findings = locate(made.findings, written)
    if json:
        print_json({"documents": sorted(written), "report": report_of(made.notes, lang), "findings": finding_lines(findings)})
    else:
        print_notes(made.notes, lang)
        print_findings(findings)
        print(f"{len(written)} documents of {service} written to {to}" if written else "nothing was written")
    raise SystemExit(0 if written and all(finding.severity != "error" for finding in findings) else 1)


def _content(path: Path) -> bytes:
    with path.open("rb") as file:
        # Anything longer is refused by its length alone.
        return file.read(MAX_ARCHIVE + 1)
