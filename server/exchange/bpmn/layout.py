"""Where the shapes of a chart stand and which way its flows run: layers from left to right, corners of right angles.

Flows that lead over several layers, or back, run through places that are kept free for them, so no line crosses a shape and
no shape lies on another.
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Sequence

import msgspec

from server.exchange.bpmn.chart import Chart, Flow, Shape
from server.exchange.bpmn.lanes import Channel, settled_heights, straightened
from server.exchange.bpmn.layers import layers_of, ordered
from server.exchange.bpmn.places import (
    EVENT,
    TASK_HEIGHT,
    Box,
    Layout,
    Placed,
    Point,
    Routed,
    is_task,
    size_of,
)
from server.exchange.bpmn.wrapping import FLOW_TITLE, NODE_TITLE, SIDE_TITLE, Wrapped, wrapped
from server.messages.charts import EVENTS

#: Shapes, and places that flows run through, of one chart; it takes about a second to find room for so many.
MOST_VERTICES = 5_000
#: Between shapes of a column, around the whole, between a boundary event and its line, and between such lines.
GAP, MARGIN, DROP = 22, 24, 18


class Vertex(msgspec.Struct, kw_only=True):
    """What takes room in a column: a shape with its events and title, or a flow that passes."""

    layer: int
    width: int
    #: Room above and below the line through it.
    above: int
    below: int
    x: int = 0
    y: int = 0


def layout_of(chart: Chart) -> Layout | None:
    """The places of everything; the same chart always looks the same. Nothing where nobody could find a way through it."""
    return _Arranger(chart).layout()


class _Arranger:
    """A layout on its way."""

    def __init__(self, chart: Chart) -> None:
        self._chart = chart
        self._beside: dict[str, list[Shape]] = {}
        for shape in chart.shapes.values():
            if shape.part == "boundary":
                self._beside.setdefault(shape.node, []).append(shape)
        self._titles = {shape.id: self._title(shape) for shape in chart.shapes.values()}
        self._labels = {flow.id: wrapped(flow.title or "", FLOW_TITLE) for flow in chart.flows}
        self._vertices: dict[str, Vertex] = {}
        #: Flow to the vertices it runs through, both ends included.
        self._ways: dict[str, list[str]] = {}

    def layout(self) -> Layout | None:
        self._into_layers()
        if len(self._vertices) > MOST_VERTICES:
            return None
        columns = self._columns()
        self._set_heights(columns)
        channels = self._set_columns(columns)
        shapes = {placed.shape.id: placed for vertex in self._vertices for placed in self._placed(vertex)}
        flows = tuple(self._routed(flow, channels) for flow in self._chart.flows)
        boxes = [box for placed in shapes.values() for box in (placed.box, placed.title_box)]
        boxes += [routed.title_box for routed in flows if routed.title_box is not None]
        corners = [point for routed in flows for point in routed.points]
        return Layout(
            width=max([MARGIN, *(box.x + box.width for box in boxes), *(x for x, _ in corners)]) + MARGIN,
            height=max([MARGIN, *(box.y + box.height for box in boxes), *(y for _, y in corners)]) + MARGIN,
            shapes=shapes,
            flows=flows,
        )

    def _title(self, shape: Shape) -> Wrapped:
        room = NODE_TITLE if is_task(shape) else SIDE_TITLE
        if shape.part in ("outcomes", "merge"):
            return wrapped("", room)
        name = shape.place[-1] if shape.place else shape.node
        return wrapped(shape.title or EVENTS.get(name, name), room)

    def _host(self, shape_id: str) -> str:
        shape = self._chart.shapes[shape_id]
        return shape.node if shape.part == "boundary" else shape_id

    def _into_layers(self) -> None:
        hosts = [shape.id for shape in self._chart.shapes.values() if shape.part != "boundary"]
        ends = {flow.id: (self._host(flow.source), self._host(flow.target)) for flow in self._chart.flows}
        edges = [(*ends[flow.id], 2 if self._labels[flow.id].lines else 1) for flow in self._chart.flows]
        starts = [name for name in hosts if self._chart.shapes[name].tag == "startEvent"]
        layer = layers_of(hosts, edges, starts)
        for name in hosts:
            self._vertices[name] = self._vertex(self._chart.shapes[name], layer[name])
        for flow in self._chart.flows:
            source, target = ends[flow.id]
            first, last = layer[source], layer[target]
            between = range(first + 1, last) if last > first else range(first, last - 1, -1)
            passed = [f"{flow.id}\0{number}" for number in between]
            for name, number in zip(passed, between, strict=True):
                label = self._labels[flow.id] if name == passed[0] else wrapped("", FLOW_TITLE)
                above = label.height + 4 if label.lines else 8
                self._vertices[name] = Vertex(layer=number, width=label.width + 8, above=above, below=8)
            self._ways[flow.id] = [source, *passed, target]

    def _vertex(self, shape: Shape, layer: int) -> Vertex:
        width, height = size_of(shape)
        beside = self._beside.get(shape.id, [])
        title = self._titles[shape.id]
        below = height // 2
        if is_task(shape):
            width = max(width, sum(self._room_of(event) for event in beside) + 12)
        else:
            width, below = max(width, title.width), below + (title.height + 4 if title.lines else 0)
        if beside:
            below += EVENT // 2 + max(self._titles[event.id].height for event in beside) + DROP * (len(beside) + 1)
        return Vertex(layer=layer, width=width, above=height // 2, below=below)

    def _room_of(self, event: Shape) -> int:
        return EVENT + self._titles[event.id].width

    def _columns(self) -> list[list[str]]:
        columns: list[list[str]] = [[] for _ in range(max((vertex.layer for vertex in self._vertices.values()), default=0) + 1)]
        for name, vertex in self._vertices.items():
            columns[vertex.layer].append(name)
        return ordered(columns, self._links())

    def _links(self) -> list[tuple[str, str]]:
        """Neighbours on the way of a flow, the one further left first."""
        links = []
        for way in self._ways.values():
            for one, other in itertools.pairwise(way):
                left, right = sorted((one, other), key=lambda name: self._vertices[name].layer)
                if self._vertices[left].layer < self._vertices[right].layer:
                    links.append((left, right))
        return links

    def _set_heights(self, columns: Sequence[Sequence[str]]) -> None:
        rooms = {name: (vertex.above, vertex.below) for name, vertex in self._vertices.items()}
        heights = settled_heights(columns, self._links(), rooms, gap=GAP)
        heights = straightened(heights, columns, self._straight(), rooms, gap=GAP)
        top = min((heights[name] - self._vertices[name].above for name in heights), default=0)
        for name, height in heights.items():
            self._vertices[name].y = round(height - top) + MARGIN

    def _straight(self) -> list[list[str]]:
        """What should stand in one line: the free part of every way, with an end that nothing else comes to or leaves."""
        coming = Counter(way[-1] for way in self._ways.values())
        leaving = Counter(way[0] for way in self._ways.values())
        found = []
        for flow in self._chart.flows:
            way, beside = self._ways[flow.id], self._chart.shapes[flow.source].part == "boundary"
            forward = self._vertices[way[-1]].layer > self._vertices[way[0]].layer
            first = 0 if forward and leaving[way[0]] == 1 and not beside else 1
            last = len(way) if forward and coming[way[-1]] == 1 else len(way) - 1
            found.append(way[first:last])
        return found

    def _set_columns(self, columns: Sequence[Sequence[str]]) -> list[Channel]:
        """Sets where the columns stand; between them as much room as the lines there need."""
        channels = [Channel() for _ in range(len(columns) + 1)]
        for flow in self._chart.flows:
            way = self._ways[flow.id]
            for number, (one, other) in enumerate(itertools.pairwise(way)):
                channels[self._channel(way, number)].add(self._port(flow, one, number), self._vertices[other].y)
        x = MARGIN
        for number, column in enumerate(columns):
            x = channels[number].place(x)
            width = max((self._vertices[name].width for name in column), default=0)
            for name in column:
                self._vertices[name].x = x + width // 2
            x += width
        channels[-1].place(x)
        return channels

    def _channel(self, way: Sequence[str], number: int) -> int:
        """The channel between the vertex of this number on a way and the next; channels stand left of their column."""
        here, there = self._vertices[way[number]].layer, self._vertices[way[number + 1]].layer
        if there > here:
            return there
        # A way back turns in the channel behind its source, and in the one in front of its target.
        return here + 1 if number == 0 else here

    def _port(self, flow: Flow, vertex: str, number: int) -> tuple[str, int]:
        """Who leaves at which height."""
        shape = self._chart.shapes[flow.source]
        if number or shape.part != "boundary":
            return vertex, self._vertices[vertex].y
        beside = self._beside[vertex]
        line = len(beside) - beside.index(shape)
        room = max(self._titles[event.id].height for event in beside)
        return shape.id, self._vertices[vertex].y + TASK_HEIGHT // 2 + EVENT // 2 + room + DROP * line

    def _placed(self, name: str) -> list[Placed]:
        shape = self._chart.shapes.get(name)
        if shape is None:
            return []
        vertex, title = self._vertices[name], self._titles[name]
        width, height = (vertex.width if is_task(shape) else size_of(shape)[0]), size_of(shape)[1]
        box = Box(x=vertex.x - width // 2, y=vertex.y - height // 2, width=width, height=height)
        found = [Placed(shape=shape, box=box, title=title.lines, title_box=box if is_task(shape) else _below(box, title))]
        x = box.x + 6
        for event in self._beside.get(name, []):
            room, said = self._room_of(event), self._titles[event.id]
            own = Box(x=x, y=box.y + height - EVENT // 2, width=EVENT, height=EVENT)
            found.append(Placed(shape=event, box=own, title=said.lines, title_box=_beside(own, said)))
            x += room
        return found

    def _routed(self, flow: Flow, channels: Sequence[Channel]) -> Routed:
        way, shape = self._ways[flow.id], self._chart.shapes[flow.source]
        start = self._placed(way[0])
        out = next(placed.box for placed in start if placed.shape.id == flow.source)
        height = self._port(flow, way[0], 0)[1]
        if shape.part == "boundary":
            points = [(out.x + EVENT // 2, out.y + EVENT), (out.x + EVENT // 2, height)]
        else:
            points = [(out.x + out.width, height)]
        for number, (one, other) in enumerate(itertools.pairwise(way)):
            source, target = self._port(flow, one, number), self._vertices[other].y
            track = channels[self._channel(way, number)].track(source)
            points += [(track, source[1]), (track, target)]
        end = self._placed(way[-1])[0].box
        points.append((end.x, self._vertices[way[-1]].y))
        label = self._labels[flow.id]
        box = None
        if label.lines:
            passed = self._vertices[way[1]]
            box = Box(x=passed.x - label.width // 2, y=passed.y - label.height - 4, width=label.width, height=label.height)
        return Routed(flow=flow, points=_corners(points), title=label.lines, title_box=box)


def _below(box: Box, title: Wrapped) -> Box:
    x = box.x + box.width // 2 - title.width // 2
    return Box(x=x, y=box.y + box.height + 2, width=title.width, height=title.height)


def _beside(box: Box, title: Wrapped) -> Box:
    """Right of the line that leaves an event downwards."""
    return Box(x=box.x + box.width // 2 + 6, y=box.y + box.height + 2, width=title.width, height=title.height)


def _corners(points: Sequence[Point]) -> tuple[Point, ...]:
    """The points without those at which a line neither begins, ends nor turns."""
    found: list[Point] = []
    for point in points:
        if found and point == found[-1]:
            continue
        if len(found) > 1 and (found[-2][0] == found[-1][0] == point[0] or found[-2][1] == found[-1][1] == point[1]):
            found[-1] = point
            continue
        found.append(point)
    return tuple(found)
