"""What the head of a bundle names can do what it is named for: receive, identify, be chosen from, be read aloud."""

from __future__ import annotations

import re
from collections.abc import Iterator

from server.checks.place import Place
from server.checks.subject import Subject
from server.definitions.service import Service
from server.findings import Finding
from server.forms.compile import CompiledForm
from server.forms.kinds.kind import FormField
from server.rules.syntax import Constant

#: As case numbers have room for it.
_PREFIX = re.compile("[A-Z0-9]{1,12}")
#: Kinds whose answer cannot tell who somebody is.
_NOBODY = frozenset({"choice", "search_choice", "date"})


def check_head_fields(subject: Subject, service: Service) -> Iterator[Finding]:
    """The fields the head names are answered in every application, and hold what they are named for."""
    head, document = service.bundle, subject.document("bundle")
    if not _PREFIX.fullmatch(head.number_prefix):
        yield document.under("number_prefix").error("bad-number-prefix", prefix=head.number_prefix)
    form = subject.form
    if form is None:
        return
    place, member = _field(form, head.place_field)
    if place is not None and not _is_place(form, place, member):
        yield document.under("place_field").error("not-a-place", field=head.place_field)
    for name, member in (("person_field", head.person_field), ("name_field", head.name_field)):
        found = form.fields.get(member)
        if member in form.variables and (found is None or found.kind in _NOBODY):
            yield document.under(name).error("not-of-a-person", field=member)
    items, _ = _field(form, head.items_field)
    if items is not None and items.kind != "items":
        yield document.under("items_field").error("not-items", field=head.items_field)
    for name, field in (("place_field", place), ("items_field", items)):
        if field is not None:
            yield from _always_asked(form, field, document.under(name))


def _field(form: CompiledForm, name: str) -> tuple[FormField | None, str]:
    """The field that a name stands for or is a member of, and the member."""
    if name in form.fields:
        return form.fields[name], ""
    holder, _, member = name.rpartition(".")
    return form.fields.get(holder), member


def _is_place(form: CompiledForm, field: FormField, member: str) -> bool:
    if field.kind == "address":
        return member == "region"
    return bool(field.codes) and all(code in form.surroundings.regions for code in field.codes)


def _always_asked(form: CompiledForm, field: FormField, here: Place) -> Iterator[Finding]:
    rules = form.logic.get(field.id)
    if rules is not None and rules.relevant is not None and rules.relevant.tree != Constant(True):
        yield here.error("head-field-not-always-asked", field=field.id)
    elif field.group:
        yield here.error("head-field-of-rows", field=field.id)
