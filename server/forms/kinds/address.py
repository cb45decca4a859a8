"""A region, chosen level by level, and the line below it; the deepest choice is the region code."""

from __future__ import annotations

from datetime import date
from typing import Any

from server.definitions.regions import code_at, level_of
from server.forms.kinds.kind import ABSENT, FieldKind, FormField, KindProblem, Parsed, Posted, first

LEVELS = ("county", "township", "village")


def _parse(field: FormField, posted: Posted) -> Parsed:
    county, township, village = (first(posted, f"/{level}") for level in LEVELS)
    region = county
    if township.startswith(county[:6]) and township and county:
        region = village if village and village.startswith(township) else township
    line = " ".join(first(posted, "/line").split())
    members = ({"region": region} if region else {}) | ({"line": line} if line else {})
    return Parsed(members or ABSENT)


def _show(field: FormField, value: Any) -> str:
    if not isinstance(value, dict):
        return ""
    region = str(value.get("region", ""))
    name = field.regions.full_name(region) if field.regions is not None and region else region
    return f"{name}{value.get('line', '')}"


def _check(field: FormField, value: Any, today: date) -> tuple[KindProblem, ...]:
    region = value.get("region") if isinstance(value, dict) else None
    if not isinstance(region, str) or field.regions is None or region in field.regions:
        return ()
    return (KindProblem("/region", "unknown-region", {"region": region[:12]}),)


def _inputs(field: FormField, value: Any) -> dict[str, str]:
    members = value if isinstance(value, dict) else {}
    region = str(members.get("region", ""))
    texts = {"/line": str(members.get("line", ""))}
    if region:
        texts["/county"] = code_at(region, "county")
        if len(region) >= 9:
            texts["/township"] = code_at(region, "township")
        if len(region) == 12:
            texts["/village"] = region
    return texts


def _example(field: FormField) -> Any:
    codes = field.regions.children("") if field.regions is not None else ()
    region = next((code for code in codes if level_of(code) == "province"), "110000")
    return {"region": region, "line": "1"}


KIND = FieldKind(
    id="address",
    leaves=("/county", "/township", "/village", "/line"),
    parse=_parse,
    show=_show,
    example=_example,
    inputs=_inputs,
    check=_check,
    grouped=True,
    entered={"/region": "/county"},
)
