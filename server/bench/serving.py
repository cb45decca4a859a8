"""The product with a few routes for measuring beside its own; run as `python -m server.bench.serving FOLDER PORT`."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import msgspec
from litestar import Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from server.actions import applying
from server.actions.applying import Submitted
from server.actions.office import Office
from server.bench.accepting import accept
from server.bench.applications import begun, draft_of, fullest_example, mistyped, plainest_example
from server.bench.stage import READY
from server.bench.subject import WHOLE, WholeForm
from server.cases.outcome import Invalid
from server.findings import Refused
from server.forms.decode import decode
from server.forms.settle import settle
from server.forms.validate import validate
from server.main import serve
from server.settings import Settings, read_settings
from server.web import csrf
from server.web.access import actor_of, office_of, visit_of
from server.web.applicant.drafts import load
from server.web.applicant.editing import hidden_inputs, new_keys
from server.web.failures import Forged
from server.web.requests import AnyRequest, posted
from server.web.templating import fragment, site_of

_HTML = "text/html; charset=utf-8"


class Rig:
    """What the routes share, made before the server answers."""

    service_id: str
    whole: WholeForm
    #: A filled page as text, of the size and letters of those it is compared with.
    text: str

    async def prepare(self, office: Office) -> None:
        """Compiles the published form on one page, and renders that page once."""
        (self.service_id,) = {row.service_id for row in await office.store.channels()}
        release = await office.current(self.service_id)
        assert release is not None
        self.whole = WholeForm(release.form)
        fullest, plainest = fullest_example(release.service), plainest_example(release.service)
        #: A draft in which the rows are there and the files uploaded, with nothing typed.
        self.begun = begun(release.form, draft_of(release.form, plainest.answers))
        context = release.context(fullest.region, office.clock())
        settled = settle(self.whole.form, mistyped(release.form, draft_of(release.form, fullest.answers)), context)
        self.text = self.whole.html(settled, validate(self.whole.form, settled, context=context).problems).decode()


def routes_of(rig: Rig) -> Sequence[HTTPRouteHandler]:
    """The routes; the public ones only answer, and are what the others are compared with."""

    @get("/bench/bytes/{size:int}", opt={"access": "public"})
    async def static_bytes(size: FromPath[int]) -> Response[bytes]:
        return Response(_bytes(size), media_type=_HTML)

    @get("/bench/text", opt={"access": "public"})
    async def static_text() -> Response[str]:
        return Response(rig.text, media_type=_HTML)

    @get("/bench/filled/{draft_id:str}", opt={"access": "applicant"})
    async def filled(request: AnyRequest, draft_id: FromPath[str]) -> Response[bytes]:
        draft = await load(request, draft_id)
        context = applying.context(office_of(request), release=draft.release, data=draft.data)
        whole = rig.whole
        settled = settle(whole.form, draft.data, context)
        problems = validate(whole.form, settled, context=context).problems
        hidden = hidden_inputs(site_of(request).csrf, whole.form, whole.page, draft.data, errors=True)
        return fragment(whole.html(settled, problems, hidden))

    @post("/bench/applications", opt={"access": "applicant", "csrf": "signed"})
    async def accept_json(request: AnyRequest) -> Response[bytes]:
        office = office_of(request)
        if not csrf.is_valid(office.settings.session_secret, visit_of(request).binding, request.headers.get("x-csrf", "")):
            raise Forged
        answers = msgspec.json.decode(await request.body(), type=dict)
        return _answer(await accept(office, actor=actor_of(request), service_id=rig.service_id, answers=answers))

    @post("/bench/applications/form", opt={"access": "applicant", "body": "form"})
    async def accept_form(request: AnyRequest) -> Response[bytes]:
        fields = posted(request).fields
        answers = decode(rig.whole.form, rig.begun, fields, page=WHOLE, new_keys=new_keys()).data
        office = office_of(request)
        return _answer(await accept(office, actor=actor_of(request), service_id=rig.service_id, answers=answers))

    return (static_bytes, static_text, filled, accept_json, accept_form)


def main(folder: Path, port: int) -> None:
    """Serves until told to stop; says on standard output when it answers."""
    settings = read_settings({"PORT": str(port)}, folder)
    assert isinstance(settings, Settings), settings
    rig = Rig()
    asyncio.run(serve(settings, ready=lambda: print(READY, flush=True), prepare=rig.prepare, further=routes_of(rig)))


@lru_cache(maxsize=1)
def _bytes(size: int) -> bytes:
    return b"x" * size


def _answer(result: Submitted | Invalid | Refused) -> Response[bytes]:
    return Response(
        msgspec.json.encode(result), status_code=201 if isinstance(result, Submitted) else 422, media_type="application/json"
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
