"""Documents compiled to a release, with every finding on the way."""

from __future__ import annotations

from server.checks.run import run_checks
from server.checks.subject import Subject, compile_subject
from server.checks.workshop import Workshop
from server.definitions.service import Documents
from server.definitions.workdays import Workdays
from server.documents.canonical import canonical_bytes, content_id_of
from server.findings import Finding
from server.forms.render import Renderer
from server.releases.release import Release
from server.types import RegionCode, ReleaseId, ServiceId


def compile_release(
    documents: Documents, service_id: str, region: str, workshop: Workshop | None = None
) -> tuple[Release | None, tuple[Finding, ...]]:
    """The release of a service for a region and all findings in order; no release while one of them is an error.

    `documents` may hold more than the service; other bundles are left out, and overlays are laid over the base on the way
    down to the region. Malformed documents never raise. What a `workshop` has made of the same documents is not made again.
    """
    subject = compile_subject(documents, service_id, region, workshop)
    findings = run_checks(subject, workshop)
    if any(finding.severity == "error" for finding in findings):
        return None, findings
    return release_of(subject, workshop=workshop), findings


def release_of(subject: Subject, *, region: str = "", workshop: Workshop | None = None) -> Release | None:
    """The release of a subject whose every part compiled; `region` says whose it is where its documents no longer do."""
    service, form = subject.service, subject.form
    if service is None or form is None:
        return None
    shop = workshop or Workshop()
    canonical = {path: shop.made(("canonical", path), canonical_bytes, value) for path, value in subject.documents.items()}
    return Release(
        id=ReleaseId(content_id_of(canonical)),
        service_id=ServiceId(subject.id),
        region=RegionCode(region or subject.region),
        documents=subject.documents,
        service=service,
        form=form,
        renderer=shop.made("renderer", Renderer, form),
        task_forms=subject.task_forms,
        task_renderers={
            name: shop.made(("renderer", name), Renderer, task_form) for name, task_form in subject.task_forms.items()
        },
        processes=subject.processes,
        materials=subject.materials,
        calendar=Workdays(service.calendar),
        regions=form.surroundings.regions,
    )
