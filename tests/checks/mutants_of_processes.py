"""Mutants of processes and what they use: ways without an end, tables with holes, nobody to do a task, data that leaks."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from mutation import GONE, Edits, Ground, Operator, above, below, name_of


def _nodes(ground: Ground, *kinds: str) -> Iterator[tuple[tuple[str, str], dict[str, Any]]]:
    yield from ((place, node) for place, node in ground.sites("process", "/nodes/*") if node["kind"] in kinds)


def endless_loop(ground: Ground) -> Iterator[Edits]:
    """A node that leads to itself and nowhere else."""
    for place, node in _nodes(ground, "start", "notify", "decide", "call", "wait", "each", "subprocess", "notice"):
        if not node.get("on") and "objection" not in node:
            yield {below(place, "next"): name_of(place)}
    for place, node in _nodes(ground, "task"):
        if not node.get("on"):
            yield {below(place, "outcomes", name, "next"): name_of(place) for name in node["outcomes"]}


def way_back_to_start(ground: Ground) -> Iterator[Edits]:
    """Ways that lead back to the beginning."""
    for place, _ in ground.sites("process", "/nodes/*/next", "/nodes/*/outcomes/*/next"):
        yield {place: "start" if "start" in ground.at((place[0], "/nodes")) else "came"}


def cut_off(ground: Ground) -> Iterator[Edits]:
    """A node that nothing leads to."""
    for path, document in ground.of_kind("process").items():
        names = list(document["nodes"])
        yield {(path, "/nodes/lonely"): {"kind": "notify", "notice": "accepted", "next": names[-1]}}
        yield {(path, "/nodes/lonely"): {"kind": "end", "code": "declined"}}
        yield {(path, "/nodes/again"): {"kind": "start", "next": names[1]}}


def no_way_out(ground: Ground) -> Iterator[Edits]:
    """Nodes without what lets a case go on."""
    for place, node in _nodes(ground, "task"):
        yield {below(place, "outcomes"): {}}
        yield {below(place, "outcomes", name, "when"): "false" for name in node["outcomes"]}
    for place, node in _nodes(ground, "choice"):
        if "otherwise" in node:
            yield {below(place, "otherwise"): GONE}
        yield {below(place, "branches", next(iter(node["branches"])), "when"): GONE}
    for place, node in _nodes(ground, "wait"):
        yield {below(place, "message"): GONE, below(place, "on"): GONE}
        if "supplement" in node:
            yield {below(place, "on"): GONE}
            yield {below(place, "supplement"): GONE}
            yield {below(place, "message"): GONE}
            yield {below(place, "message"): "answer"}
    of_items = {process for _, process in ground.sites("items", "/items/*/process")}
    for place, _ in _nodes(ground, "end"):
        yield {below(place, "code"): GONE, below(place, "code_from"): GONE}
        yield {below(place, "code"): "declined", below(place, "code_from"): "'declined'"}
        if name_of((place[0], "")) in of_items:
            yield {below(place, "code"): "no_such_code"}
    for place, _ in _nodes(ground, "start"):
        yield {place: GONE}


def broken_fork(ground: Ground) -> Iterator[Edits]:
    """Branches that never meet, or that meet where others do."""
    for place, node in _nodes(ground, "fork"):
        path, nodes = place[0], ground.at((place[0], "/nodes"))
        ends = [name for name, other in nodes.items() if other["kind"] == "end"]
        # What can time out or fail may be tried again.
        entering = [name for name, other in nodes.items() if other.get("next") == node["join"] and not other.get("on")]
        for name in node["branches"]:
            yield {below(place, "branches", name, "next"): ends[0]}
            yield {below(place, "branches", name, "next"): name_of(place)}
        for name in entering:
            yield {(path, f"/nodes/{name}/next"): ends[0]}
            yield {(path, f"/nodes/{name}/next"): name_of(place)}
        yield {below(place, "join"): ends[0]}
        yield {below(place, "join"): GONE}
        yield {below(place, "branches"): {}}
        start = next(name for name, other in nodes.items() if other["kind"] == "start")
        yield {(path, f"/nodes/{start}/next"): node["join"]}


def broken_boundary(ground: Ground) -> Iterator[Edits]:
    """Time-outs without a time, errors where nothing can fail."""
    for place, _ in ground.sites("process", "/nodes/*/on/timeout"):
        yield {below(place, "after"): GONE}
        yield {below(place, "after"): {}}
        yield {below(place, "after"): {"days": 1, "hours": 1}}
        yield {below(place, "after"): {"workdays": 0}}
        yield {below(place, "after"): {"workdays": -5}}
    for place, _ in _nodes(ground, "task", "wait"):
        yield {below(place, "on", "error"): {"next": name_of(place)}}
    for place, _ in ground.sites("process", "/nodes/*/limit", "/nodes/*/period"):
        yield {place: {"workdays": 0}}
        yield {place: {"days": 2, "workdays": 2}}
        yield {place: {"weeks": 1}}


def nobody_to_act(ground: Ground) -> Iterator[Edits]:
    """Tasks for offices that do not exist."""
    for place, actor in ground.sites("process", "/nodes/*/actor"):
        yield {below(place, "agency"): "ministry_of_magic"}
        yield {below(place, "instead_level"): "county", below(place, "instead_when"): GONE}
        yield {below(place, "region"): "'999999'"}
        held = next(iter(ground.of_kind("agencies").values()))["agencies"][actor["agency"]]["levels"]
        for level in ("province", "city", "county", "township", "village"):
            if level not in held:
                yield {below(place, "level"): level}
                break
    for place, _ in ground.sites("agencies", "/agencies/*/levels"):
        yield {place: {}}


def data_before_it_exists(ground: Ground) -> Iterator[Edits]:
    """Rules that use what a later step yields."""
    for path, document in ground.of_kind("process").items():
        nodes = document["nodes"]
        start = next(name for name, node in nodes.items() if node["kind"] == "start")
        first = nodes[start]["next"]
        tasks = [name for name, node in nodes.items() if node["kind"] == "task" and name != first]
        end = next(name for name, node in nodes.items() if node["kind"] == "end")
        if tasks and nodes[first]["kind"] == "task":
            early = {
                "kind": "choice",
                "branches": {"one": {"when": f"{tasks[-1]}.outcome == 'x'", "next": end}},
                "otherwise": first,
            }
            yield {(path, "/nodes/early"): early, (path, f"/nodes/{start}/next"): "early"}


def promise_beyond_limit(ground: Ground) -> Iterator[Edits]:
    """Limits that contradict each other."""
    for place, item in ground.sites("items", "/items/*"):
        if "legal_limit" in item:
            yield {below(place, "promised_limit"): item["legal_limit"] + 1}
            yield {below(place, "extended_limit"): item["legal_limit"] - 1}
        if "promised_limit" in item:
            yield {below(place, "promised_limit"): 0}
            yield {below(place, "promised_limit"): -3}
    promised = {
        item["process"] for _, item in ground.sites("items", "/items/*") if {"promised_limit", "legal_limit"} & item.keys()
    }
    for process in sorted(promised):
        tasks = [place for place, task in _nodes(ground, "task") if name_of((place[0], "")) == process and "limit" in task]
        if tasks:
            yield {below(place, "limit"): {"workdays": 900} for place in tasks}


def step_longer_than_the_promise(ground: Ground) -> Iterator[Edits]:
    """A promise that the steps alone use up."""
    for place, item in ground.sites("items", "/items/*"):
        if item.get("promised_limit", 0) > 3:
            yield {below(place, "promised_limit"): 1}


def hole_in_a_table(ground: Ground) -> Iterator[Edits]:
    """Cases for which no row is left."""
    for place, table in ground.sites("table", ""):
        if table["hit"] == "unique":
            yield from ({below(place, "rows", index): GONE} for index in range(len(table["rows"])))
        for index, row in enumerate(table["rows"]):
            if table["hit"] != "unique" and not row.get("when"):
                yield {below(place, "rows", index): GONE}
        yield {below(place, "rows"): []}
    for place, cell in ground.sites("table", "/rows/*/when/*"):
        if ground.at((place[0], "/hit")) == "unique":
            for bound, step in (("at_least", 1), ("more_than", 1), ("at_most", -1), ("below", -1)):
                if bound in cell:
                    yield {below(place, bound): cell[bound] + step}
            if len(cell.get("codes", ())) > 1:
                yield {below(place, "codes"): cell["codes"][1:]}
            if "is" in cell:
                yield {below(place, "is"): not cell["is"]}


def overlap_in_a_table(ground: Ground) -> Iterator[Edits]:
    """Cases with two rows."""
    for place, table in ground.sites("table", ""):
        rows = table["rows"]
        for index, row in enumerate(rows):
            for column in row.get("when", {}):
                if table["hit"] == "unique":
                    yield {below(place, "rows", index, "when", column): GONE}
            if table["hit"] == "unique" and len(rows) > 1:
                yield {below(place, "rows", index, "when"): {}}
            if table["hit"] == "first" and index < len(rows) - 1:
                yield {below(place, "rows", index, "when"): {}}
            yield {below(place, "rows", "-"): row}
            yield {below(place, "rows", index, "id"): rows[index - 1]["id"]}
    for place, cell in ground.sites("table", "/rows/*/when/*"):
        if ground.at((place[0], "/hit")) == "unique":
            for bound, step in (("at_least", -1), ("more_than", -1), ("at_most", 1), ("below", 1)):
                if bound in cell and cell[bound] > 1:
                    yield {below(place, bound): cell[bound] + step}


def misfit_in_a_table(ground: Ground) -> Iterator[Edits]:
    """Cells and results of the wrong type, codes of no list, columns that do not exist."""
    for place, row in ground.sites("table", "/rows/*"):
        for column, cell in row.get("when", {}).items():
            yield {below(place, "when", column): {"is": True, "at_least": 1}}
            yield {below(place, "when", column): {}}
            yield {below(place, "when", column): GONE, below(place, "when", f"{column}x"): cell}
            yield {below(place, "when", column): {"at_least": 9, "below": 3}}
        for column, value in row["then"].items():
            yield {below(place, "then", column): [value]}
            yield {below(place, "then", column): 1.5}
            yield {below(place, "then", column): GONE}
            yield {below(place, "then", f"{column}x"): value}
    for place, output in ground.sites("table", "/outputs/*"):
        if "codelist" in output:
            for row, _ in ground.sites("table", f"/rows/*/then/{name_of(place)}"):
                if row[0] == place[0]:
                    yield {row: "no_such_code"}
    for place, column in ground.sites("table", "/inputs/*"):
        other = {"bool": "int", "int": "string", "string": "bool"}[column["type"]]
        yield {below(place, "type"): other}


def wrong_outcome(ground: Ground) -> Iterator[Edits]:
    """Ends that the item does not know, outcomes that no end gives."""
    for place, _ in ground.sites("items", "/items/*/outcomes"):
        yield {below(place, "postponed"): {"title": "x", "tone": "bad"}}
        yield {place: {}}
    processes = [place for place, _ in ground.sites("items", "/items/*/process")]
    for one, other in pairwise(processes):
        if ground.at(one) != ground.at(other):
            yield {one: ground.at(other)}


def leaking_data(ground: Ground) -> Iterator[Edits]:
    """Fields sent or shown where they are not declared."""
    for place, _ in ground.sites("process", "/nodes/*/request/*"):
        connector, operation = (ground.at(below(above(above(place)), member)) for member in ("connector", "operation"))
        (path,) = [path for path in ground.of_kind("connector") if path.endswith(f"/{connector}.json")]
        scope = ground.at((path, f"/operations/{operation}/data_scope"))
        head = next(iter(ground.of_kind("bundle").values()))
        if ground.at((path, f"/operations/{operation}/request/properties/{name_of(place)}"))["type"] == "string":
            for field in ("applicant.phone", "applicant.reason", head["person_field"], head["name_field"]):
                if field not in scope and f'"#/properties/{"/properties/".join(field.split("."))}"' in ground.text:
                    yield {place: field}
    for place, field in ground.sites("connector", "/operations/*/data_scope/*"):
        if _is_sent(ground, name_of((place[0], "")), field):
            yield {place: GONE}
    for place, channel in ground.sites("notice", "/channel"):
        head = next(iter(ground.of_kind("bundle").values()))
        if channel == "public":
            yield {(place[0], "/text"): f"{{{head['person_field']}}}"}
            yield {(place[0], "/text"): f"{{{head['name_field']}}}"}
            yield {(place[0], "/subject"): f"{{{head['person_field']}}}"}
            yield {place: "message"}


def _is_sent(ground: Ground, connector: str, field: str) -> bool:
    sent = [
        text
        for place, node in _nodes(ground, "call")
        if node["connector"] == connector and place
        for text in node.get("request", {}).values()
    ]
    group, mark, member = field.partition("[].")
    return any((group in text and f".{member}" in text) if mark else field in text for text in sent)


def parameter_without_value(ground: Ground) -> Iterator[Edits]:
    """Figures that hold nowhere, twice, or from no day on."""
    for place, values in ground.sites("parameters", "/parameters/*/values"):
        yield {below(place, 0, "value"): -1 - values[0]["value"]}
        yield {place: []}
        yield {below(place, 0, "region"): "999999"}
        yield {below(place, "-"): values[0]}
        yield {below(place, 0, "valid_from"): "2099-01-01"}
        county = next(
            code for path in ground.of_kind("regions") for code in ground.at((path, "/regions")) if not code.endswith("00")
        )
        yield {below(place, 0, "region"): county}


def region_of_nowhere(ground: Ground) -> Iterator[Edits]:
    """Regions without the one they lie in, with codes of no length, or called like the one beside them."""
    for _, region in ground.sites("bundle", "/region"):
        place = ground.path(f"regions/{region}.json"), "/regions"
        names = ground.at(place)
        for code in [code for code in names if len(code) == 9][:4]:
            yield {below(place, code[:6]): GONE}
            yield {below(place, f"{code[:4]}98001"): "x"}
            yield {below(place, code): ""}
            yield {below(place, f"{code}1"): "x"}
            yield {below(place, f"{code[:6]}998"): names[code]}


def wrong_calendar(ground: Ground) -> Iterator[Edits]:
    """Holidays of no year, years without holidays, days that are both."""
    for path, calendar in ground.of_kind("calendar").items():
        for year in calendar["years"]:
            yield {
                (path, "/holidays"): [day for day in calendar["holidays"] if not day.startswith(str(year))],
                (path, "/workdays"): [day for day in calendar["workdays"] if not day.startswith(str(year))],
            }
            yield {(path, "/years"): [other for other in calendar["years"] if other != year]}
        yield {(path, "/years"): []}
        yield {(path, "/years"): [*calendar["years"], calendar["years"][0]]}
        for index, day in enumerate(calendar["workdays"][:3]):
            yield {(path, "/holidays/0"): day}
            yield {(path, f"/workdays/{index}"): calendar["holidays"][0]}
            yield {(path, "/workdays/-"): day}
        for day in calendar["holidays"][:3]:
            yield {(path, "/holidays/-"): day}


def wrong_lock(ground: Ground) -> Iterator[Edits]:
    """Locks on nothing, and permissions that do not exist."""
    for place, lock in ground.sites("locks", "/locks/*"):
        yield {below(place, "pointer"): f"{lock['pointer']}/nothing"}
        yield {below(place, "pointer"): "items"}
        yield {below(place, "document"): "nothing.json"}
        yield {below(place, "allow"): "everything"}
        yield {(place[0], "/locks/-"): lock}


def wrong_connector(ground: Ground) -> Iterator[Edits]:
    """Requests and replies that are no schemas, repeats that never happen."""
    for place, _ in ground.sites("connector", "/operations/*"):
        yield {below(place, "request"): {"type": "text"}}
        yield {below(place, "reply"): {"type": "array", "items": {"type": "string"}}}
        yield {below(place, "reply", "properties"): {}}
        yield {below(place, "path"): ""}
        yield {below(place, "path"): "reports"}
        yield {below(place, "retry"): {"attempts": 0}}
        yield {below(place, "retry"): {"first_delay_seconds": -1}}
    for place, member in ground.sites("connector", "/operations/*/request/properties/*"):
        other = {"string": "integer", "integer": "string", "array": "string", "boolean": "string"}[member["type"]]
        yield {below(place, "type"): other}


OPERATORS: tuple[Operator, ...] = (
    endless_loop,
    cut_off,
    no_way_out,
    broken_fork,
    broken_boundary,
    nobody_to_act,
    data_before_it_exists,
    promise_beyond_limit,
    step_longer_than_the_promise,
    hole_in_a_table,
    overlap_in_a_table,
    misfit_in_a_table,
    wrong_outcome,
    leaking_data,
    parameter_without_value,
    region_of_nowhere,
    wrong_calendar,
    wrong_lock,
    wrong_connector,
)
