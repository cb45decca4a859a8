"""What is measured: the first shipped service, its examples, and its whole form on one page."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cached_property
from itertools import count

import msgspec

from server.bench.applications import draft_of, fullest_example, mistyped, plainest_example, varied
from server.definitions.bundle import Example
from server.definitions.form import AnyElement, Category
from server.definitions.service import service_ids
from server.exports.folder import read_trees, shipped_root
from server.findings import Problem
from server.forms.compile import CompiledForm, Page
from server.forms.data import FormData
from server.forms.render import PageRequest, Renderer
from server.forms.settle import Context, Settled, settle
from server.forms.validate import validate
from server.releases import Release, compile_release
from server.types import JsonValue

WHOLE = "whole"


class WholeForm:
    """The form of a release with all its fields on one page."""

    def __init__(self, form: CompiledForm) -> None:
        """Compiles that page."""
        elements: tuple[AnyElement, ...] = ()
        for page in form.pages:
            elements += page.category.elements
        category = Category(id=WHOLE, label=WHOLE, elements=elements)
        names = tuple(name for page in form.pages for name in page.fields)
        fields = {name: msgspec.structs.replace(field, page=WHOLE) for name, field in form.fields.items()}
        self.page = Page(id=WHOLE, label=WHOLE, hint="", category=category, fields=names)
        self.form = msgspec.structs.replace(form, pages=(self.page,), fields=fields)
        self.renderer = Renderer(self.form)

    def html(self, settled: Settled, problems: tuple[Problem, ...], extra: bytes = b"") -> bytes:
        """The page."""
        return self.renderer.page(self.page, settled, problems, PageRequest(action=WHOLE, extra=extra))


class Subject:
    """Everything the rows share, made once."""

    def __init__(self) -> None:
        documents = read_trees(shipped_root()).documents
        names = service_ids(documents)
        if not names:
            raise SystemExit("bench: no service is shipped")
        region = str(documents[f"form_schemas/{names[0]}/bundle.json"]["region"])
        release, findings = compile_release(documents, names[0], region)
        if release is None:
            raise SystemExit(f"bench: {names[0]} has {len(findings)} findings; see onething check")
        self.release: Release = release
        self.documents = documents
        #: The largest household, for forms.
        self.fullest: Example = fullest_example(release.service)
        #: An application for a single item, for accepting.
        self.plainest: Example = plainest_example(release.service)
        self._serials = count(1)

    @cached_property
    def whole(self) -> WholeForm:
        """The form on one page."""
        return WholeForm(self.release.form)

    @property
    def context(self) -> Context:
        """The rules' surroundings for the fullest example's place and today."""
        return self.release.context(self.fullest.region, datetime.now(UTC))

    def instance(self, example: Example) -> JsonValue:
        """The next application after the example, like no other."""
        return varied(self.release.form, example.answers, next(self._serials))

    def mistyped(self) -> FormData:
        """The next draft after the fullest example, with mistakes."""
        return mistyped(self.release.form, draft_of(self.release.form, self.instance(self.fullest)))

    def faulty(self) -> tuple[Settled, tuple[Problem, ...]]:
        """That draft settled, and what is said about its mistakes."""
        settled = settle(self.whole.form, self.mistyped(), self.context)
        return settled, validate(self.whole.form, settled, context=self.context).problems
