"""Processes as BPMN 2.0 with diagram interchange, one file a process; `server.exchange.bpmn.reading` reads them back."""

from __future__ import annotations

from server.exchange.bpmn.export import process_xml
from server.exchange.fidelity import Ledger
from server.exchange.targets.derived import Derived
from server.releases import Release


def bpmn(release: Release) -> Derived:
    """Every process of the release."""
    ledger = Ledger()
    files = {
        f"{name}.bpmn": process_xml(definition, process_id=name, ledger=ledger, place=f"{name}.process.json#")
        for name, definition in sorted(release.service.processes.items())
    }
    return Derived(files=files, notes=ledger.notes())
