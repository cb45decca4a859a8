"""The page that shows any JSON Schema as a form, reads what is filled in, and keeps nothing; demonstrations only."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import count

import msgspec
from litestar import Response, get, post
from markupsafe import Markup

from server.definitions.bundle import Calendar
from server.definitions.workdays import Workdays
from server.findings import Finding
from server.forms.data import FormData
from server.forms.decode import ROWS, decode
from server.forms.generic.form import PAGE, Answer, GenericForm, fill, generic_form, read
from server.forms.json_values import Unreadable, read_json, write_json
from server.forms.render import PageRequest, Renderer
from server.forms.settle import Context, settle
from server.messages.findings import finding_text
from server.messages.generic_forms import EXAMPLE_SCHEMA, NO_JSON, READ_FORM
from server.types import JsonValue
from server.web.access import office_of
from server.web.failures import Missing
from server.web.requests import AnyRequest, posted, query
from server.web.templating import fragment, render_page, site_of, today_of

_PATH = "/patterns/schema"
_KEY = re.compile(r"[a-z0-9]{1,12}")
_MOST_ROWS = 100


class SchemaPage(msgspec.Struct, frozen=True, kw_only=True):
    """Context of `public/schema.html`."""

    #: The schema and the instance as they were typed.
    schema: str
    instance: str
    #: The form; empty where there is none.
    form: bytes = b""
    #: What keeps the schema from being a form, with its place.
    faults: tuple[tuple[str, str], ...] = ()
    #: The instance that the form holds, once it was asked for.
    result: str = ""
    #: Whether it is what the schema allows.
    good: bool = False


class Shown(msgspec.Struct, frozen=True, kw_only=True):
    """A form with answers in it."""

    html: bytes
    answer: Answer


@get(_PATH, opt={"access": "public"})
async def schema_page(request: AnyRequest) -> Response[bytes]:
    """The page with an example to begin with."""
    _only_in_demonstrations(request)
    return render_page(request, "public/schema.html", SchemaPage(schema=EXAMPLE_SCHEMA, instance=""))


@post(_PATH, opt={"access": "public", "body": "form"}, status_code=200)
async def try_schema(request: AnyRequest) -> Response[bytes]:
    """The form of the posted schema, with the posted instance or answers in it."""
    _only_in_demonstrations(request)
    body = posted(request)
    schema, instance = body.first("schema"), body.first("instance")
    try:
        value, given = read_json(schema), read_json(instance) if instance.strip() else None
    except Unreadable:
        return render_page(request, "public/schema.html", SchemaPage(schema=schema, instance=instance, faults=(("", NO_JSON),)))
    found = generic_form(value)
    if not isinstance(found, GenericForm):
        return render_page(request, "public/schema.html", SchemaPage(schema=schema, instance=instance, faults=_told(found)))
    answers = [(name, text) for name, text in body.fields if name.startswith("/") or name == "intent"]
    filled = any(name.startswith("/") for name, _ in answers)
    data = _answers(found, answers) if filled else fill(found, given) if instance.strip() else FormData()
    asked = body.first("intent") == "next"
    shown = _shown(request, found, data, schema, check=asked)
    if query(request, "refresh"):
        return fragment(shown.html)
    page = SchemaPage(
        schema=schema,
        instance=instance,
        form=shown.html,
        result=_written(shown.answer.instance) if asked and shown.answer.given else "",
        good=not shown.answer.problems,
    )
    return render_page(request, "public/schema.html", page)


def _answers(found: GenericForm, fields: Sequence[tuple[str, str]]) -> FormData:
    """What was posted; the rows are those the page names, for nothing is kept from one post to the next."""
    rows: dict[str, tuple[str, ...]] = {}
    for name, key in fields:
        group = name.removesuffix(ROWS)
        if group != name and _KEY.fullmatch(key) and len(rows.get(group, ())) < _MOST_ROWS:
            rows[group] = (*rows.get(group, ()), key)
    keys = (f"k{number}" for number in count(1))
    return decode(found.form, FormData(rows=rows), fields, page=PAGE, new_keys=keys).data


def _shown(request: AnyRequest, found: GenericForm, data: FormData, schema: str, *, check: bool) -> Shown:
    context = Context(today=today_of(office_of(request).clock()), calendar=_WEEKS)
    settled = settle(found.form, data, context)
    answer = read(found, settled, context)
    kept = Markup('{}<input type="hidden" name="schema" value="{}">').format(site_of(request).csrf, schema)
    asked = PageRequest(action=_PATH, extra=str(kept).encode(), next_label=READ_FORM, save_label="")
    problems = answer.problems if check else ()
    return Shown(html=Renderer(found.form).page(found.form.pages[0], settled, problems, asked), answer=answer)


def _told(findings: tuple[Finding, ...]) -> tuple[tuple[str, str], ...]:
    return tuple((finding.pointer, finding_text(finding)) for finding in findings)


def _written(value: JsonValue) -> str:
    return write_json(value, indent=2)


def _only_in_demonstrations(request: AnyRequest) -> None:
    if not office_of(request).settings.demo:
        raise Missing


_WEEKS = Workdays(Calendar(title="", years=(), holidays=(), workdays=()))
SCHEMA_ROUTES = (schema_page, try_schema)
