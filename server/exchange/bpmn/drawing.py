"""A flow chart as SVG: the layout of the BPMN export, with the steps a case has passed and those at which it stands.

Nothing is said by colour alone: where a case stands the border is double and a word says so; classes carry all looks, so
that the page's style sheet decides.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from functools import lru_cache
from html import escape

import msgspec

from server.definitions import process
from server.exchange.bpmn.chart import Shape, chart_of
from server.exchange.bpmn.layout import layout_of
from server.exchange.bpmn.places import Box, Layout, Placed, Point, Routed, is_task
from server.exchange.bpmn.wrapping import FLOW_TITLE, NODE_TITLE, SIDE_TITLE, Room, line_height
from server.messages.charts import DESCRIPTION, HERE, SEPARATOR, STANDING

#: Marks of gateways, in a square around the middle.
_MARKS: dict[str, str] = {
    "exclusiveGateway": "M-8 -8L8 8M8 -8L-8 8",
    "parallelGateway": "M0 -11V11M-11 0H11",
    "inclusiveGateway": "M-10 0a10 10 0 1 0 20 0a10 10 0 1 0 -20 0",
}
#: Marks of events.
_TRIGGERS: dict[str, str] = {
    "timer": "M-9 0a9 9 0 1 0 18 0a9 9 0 1 0 -18 0M0 -6V0L4 3",
    "message": "M-9 -6H9V6H-9ZL0 1L9 -6",
    "error": "M-8 8L-3 -6L3 4L8 -8",
}
#: Marks in the corner of tasks.
_KINDS: dict[str, str] = {
    "userTask": "M-4 -3a4 4 0 1 1 8 0a4 4 0 1 1 -8 0M-7 8C-7 3 -3 2 0 2S7 3 7 8Z",
    "serviceTask": "M-7 -4H3M-1 -8L3 -4L-1 0M7 5H-3M1 1L-3 5L1 9",
    "businessRuleTask": "M-8 -6H8V7H-8ZM-8 -2H8M-3 -2V7",
    "sendTask": "M-8 -5H8V6H-8ZL0 1L8 -5",
    "receiveTask": "M-8 -5H8V6H-8ZL0 1L8 -5",
    "subProcess": "M-7 -7H7V7H-7ZM0 -4V4M-4 0H4",
    "callActivity": "M-7 -7H7V7H-7ZM0 -4V4M-4 0H4",
}
_INNER = 3


def drawing_of(
    definition: process.ProcessDefinition,
    *,
    name: str,
    current: Collection[str] = (),
    stuck: Collection[str] = (),
    visited: Collection[str] = (),
) -> str:
    """The flow chart of a process, empty for one that is too large; `name` tells its ids from those of other charts of a page.

    `current` are the nodes at which a case stands, those of them that are `stuck` wait for help, `visited` were passed.
    """
    name = escape(name)
    layout = _layout(msgspec.json.encode(definition))
    if layout is None:
        return ""
    standing = dict.fromkeys(visited, "visited") | dict.fromkeys(current, "current") | dict.fromkeys(stuck, "stuck")
    parts = [_flow(routed, name, passed=_passed(layout, routed, standing)) for routed in layout.flows]
    parts += (_shape(placed, _standing(placed.shape, standing)) for placed in layout.shapes.values())
    here = [node.title or key for key, node in definition.nodes.items() if key in current or key in stuck]
    words = DESCRIPTION.format(steps=len(definition.nodes)) + (HERE.format(titles=SEPARATOR.join(here)) if here else "")
    return (
        f'<svg class="chart" role="img" aria-labelledby="{name}-title {name}-desc" '
        f'viewBox="0 0 {layout.width} {layout.height}" width="{layout.width}" height="{layout.height}">'
        f'<title id="{name}-title">{escape(definition.title)}</title><desc id="{name}-desc">{escape(words)}</desc>'
        f'<defs><marker id="{name}-arrow" class="chart-arrow" viewBox="0 0 8 8" refX="8" refY="4" markerUnits="userSpaceOnUse" '
        f'markerWidth="9" markerHeight="9" orient="auto"><path d="M0 0L8 4L0 8Z"/></marker></defs>{"".join(parts)}</svg>'
    )


@lru_cache(maxsize=128)
def _layout(document: bytes) -> Layout | None:
    """The layout of a process; the same process is drawn for every case of it."""
    return layout_of(chart_of(msgspec.json.decode(document, type=process.ProcessDefinition)))


def _standing(shape: Shape, standing: dict[str, str]) -> str:
    return standing.get(shape.node, "") if shape.part == "node" else ""


def _passed(layout: Layout, routed: Routed, standing: dict[str, str]) -> bool:
    """Whether a case has been at both ends of a flow; it need not have come this very way."""
    ends = (layout.shapes[end].shape.node for end in (routed.flow.source, routed.flow.target))
    return all(node in standing for node in ends)


def _flow(routed: Routed, name: str, *, passed: bool) -> str:
    line = "".join(f"{'L' if number else 'M'}{x} {y}" for number, (x, y) in enumerate(_shortened(routed.points)))
    marked = " chart-passed" if passed else ""
    path = f'<path class="chart-flow{marked}" d="{line}" marker-end="url(#{name}-arrow)"/>'
    text = _lines(routed.title, routed.title_box, FLOW_TITLE) if routed.title_box is not None else ""
    return f"<g>{path}{text}</g>"


def _shortened(points: Sequence[Point]) -> Sequence[Point]:
    """The corners; the arrow ends a little before the shape it points to."""
    x, y = points[-1]
    return (*points[:-1], (x - 1, y))


def _shape(placed: Placed, standing: str) -> str:
    shape, box = placed.shape, placed.box
    kind = "task" if is_task(shape) else "gateway" if shape.tag.endswith("Gateway") else "event"
    classes = ["chart-shape", f"chart-{kind}", *([f"chart-{standing}"] if standing else [])]
    if shape.tag == "endEvent":
        classes.append("chart-end")
    if not shape.interrupting:
        classes.append("chart-beside")
    parts = [*_outline(placed, standing), *_mark(shape, box)]
    if placed.title:
        parts.append(_lines(placed.title, placed.title_box, NODE_TITLE if kind == "task" else SIDE_TITLE))
    if standing and standing != "visited":
        parts.append(_word(box, STANDING[standing]))
    whole = escape(shape.title or "")
    said = f"<title>{whole}{escape(f' ({STANDING[standing]})') if standing else ''}</title>" if whole else ""
    return f'<g class="{" ".join(classes)}">{said}{"".join(parts)}</g>'


def _outline(placed: Placed, standing: str) -> Iterator[str]:
    shape, box = placed.shape, placed.box
    # Events beside nodes and in between have a double border in BPMN; so has, further out, every place at which a case stands.
    doubled = shape.tag in ("boundaryEvent", "intermediateCatchEvent")
    for inset in (0, *([_INNER] if doubled else []), *([-5] if standing in ("current", "stuck") else [])):
        classes = ' class="chart-halo"' if inset < 0 else ""
        x, y, width, height = box.x + inset, box.y + inset, box.width - 2 * inset, box.height - 2 * inset
        if is_task(shape):
            yield f'<rect{classes} x="{x}" y="{y}" width="{width}" height="{height}" rx="8"/>'
        elif shape.tag.endswith("Gateway"):
            half_x, half_y = x + width // 2, y + height // 2
            yield f'<path{classes} d="M{half_x} {y}L{x + width} {half_y}L{half_x} {y + height}L{x} {half_y}Z"/>'
        else:
            yield f'<circle{classes} cx="{x + width / 2:g}" cy="{y + height / 2:g}" r="{width / 2:g}"/>'


def _mark(shape: Shape, box: Box) -> Iterator[str]:
    x, y = box.x + box.width // 2, box.y + box.height // 2
    if is_task(shape):
        x, y = box.x + 14, box.y + 14
    path = _KINDS.get(shape.tag) or _MARKS.get(shape.tag) or _TRIGGERS.get(shape.trigger)
    if path is not None:
        yield f'<path class="chart-mark" transform="translate({x} {y})" d="{path}"/>'


def _lines(lines: Sequence[str], box: Box, room: Room) -> str:
    """Lines in the middle of a box."""
    middle = box.x + box.width // 2
    height = line_height(room)
    first = box.y + (box.height - len(lines) * height) // 2 + room.size
    spans = "".join(
        f'<tspan x="{middle}" y="{first + number * height}">{escape(line)}</tspan>' for number, line in enumerate(lines)
    )
    return f'<text class="chart-text-{room.size}">{spans}</text>'


def _word(box: Box, word: str) -> str:
    """A word above a shape, where there is always room for one line."""
    return f'<text class="chart-here" x="{box.x + box.width // 2}" y="{box.y - 9}">{escape(word)}</text>'
