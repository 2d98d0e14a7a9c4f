"""Charts as SVG text: pure functions of numbers and of labels the caller has already formatted.

Every text is escaped here; colours come from classes in `netterms.css`, never from attributes.
Horizontal positions are percentages and heights are pixels, so a chart fills its column at any
width while its text keeps its size. The result is well-formed XML and safe to put into a page.
"""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from math import cos, floor, log10, pi, sin

Number = int | float | Decimal

# What XML 1.0 forbids: a name from a spreadsheet may hold it.
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_DARK = frozenset(["age-4", "age-5", "cat-0", "grade-1", "grade-2", "grade-9", "grade-10"])
_STEPS = (1.0, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0)


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a whole or one bar: its name, size, size as text, and colour class."""

    label: str
    value: Number
    text: str
    css: str = "a"


@dataclass(frozen=True, slots=True)
class Column:
    """One period: two amounts side by side and a rate between 0 and 1 (None: no point)."""

    label: str
    first: Number
    second: Number
    rate: Number | None
    title: str


@dataclass(frozen=True, slots=True)
class Trace:
    """One line over all periods: its values (None: no point), what each says, its colour class."""

    values: Sequence[Number | None]
    titles: Sequence[str]
    css: str = "line"


@dataclass(frozen=True, slots=True)
class Axis:
    """Grid labels from 0 upwards, evenly spaced, and the value at the topmost one."""

    top: float
    labels: Sequence[str]


def escape(text: object) -> str:
    """`text` as XML character data or attribute value."""
    return html.escape(_FORBIDDEN.sub("\ufffd", str(text)), quote=True)


def _pct(share: float) -> str:
    """A share of the width as an SVG percentage, e.g. `12.5%`."""
    return f"{100 * share:.3f}".rstrip("0").rstrip(".") + "%"


def _size(value: Number | None) -> float:
    """What a value occupies: negatives and nothing occupy nothing."""
    return max(float(value or 0), 0.0)


def _svg(body: str, *, title: str, css: str = "", attributes: str = 'width="100%"') -> str:
    name = escape(title)
    return (
        f'<svg class="chart {css}" role="img" aria-label="{name}" {attributes}>'
        f"<title>{name}</title>{body}</svg>"
    )


def stacked_bar(
    parts: Sequence[Part], *, title: str, height: int = 34, show_from: float = 0.08
) -> str:
    """One bar cut into shares of its sum; a part of at least `show_from` shows its text."""
    whole = sum(_size(part.value) for part in parts)
    pieces: list[str] = []
    start = 0.0
    for part in parts:
        share = _size(part.value) / whole if whole else 0.0
        if not share:
            continue
        tone = "on-dark" if part.css in _DARK else "on"
        inside = ""
        if share >= show_from:
            inside = (
                f'<text class="{tone}" x="50%" y="{height / 2 + 4:g}" text-anchor="middle">'
                f"{escape(part.text)}</text>"
            )
        pieces.append(
            f'<svg x="{_pct(start)}" width="{_pct(share)}" height="{height}">'
            f"<title>{escape(part.label)}: {escape(part.text)}</title>"
            f'<rect class="{part.css} gap" width="100%" height="{height}"/>{inside}</svg>'
        )
        start += share
    if not pieces:
        pieces.append(f'<rect class="track" width="100%" height="{height}"/>')
    return _svg("".join(pieces), title=title, attributes=f'width="100%" height="{height}"')


def meter(value: Number, whole: Number, *, title: str, css: str = "a", height: int = 8) -> str:
    """A thin bar: `value` as a share of `whole`, for a table cell."""
    share = min(_size(value) / _size(whole), 1.0) if _size(whole) else 0.0
    body = (
        f'<rect class="track" width="100%" height="{height}" rx="2"/>'
        f'<rect class="{css}" width="{_pct(share)}" height="{height}" rx="2"/>'
    )
    return _svg(body, title=title, attributes=f'width="100%" height="{height}"')


def pareto_row(
    share_of_largest: Number, before: Number, after: Number, *, title: str, height: int = 34
) -> str:
    """One row of a Pareto drawn inside a table: the bar and its piece of the cumulative line.

    `before` and `after` are the cumulative shares (0..1) up to the row above and to this row; each
    row joins its point to the one above, so rows of equal `height` make one line.
    """
    middle = height / 2
    start, end = min(_size(before), 1.0), min(_size(after), 1.0)
    body = (
        f'<rect class="b" y="{middle - 6:g}" width="{_pct(min(_size(share_of_largest), 1.0))}" '
        'height="12" rx="2"/>'
    )
    if start:
        body += (
            f'<line class="line" x1="{_pct(start)}" y1="{middle - height:g}" '
            f'x2="{_pct(end)}" y2="{middle:g}"/>'
        )
    body += f'<circle class="dot" cx="{_pct(end)}" cy="{middle:g}" r="2.5"/>'
    return _svg(body, title=title, attributes=f'width="100%" height="{height}"')


def pareto(bars: Sequence[Part], *, title: str, whole: Number | None = None) -> str:
    """Horizontal bars, largest first, with the cumulative share of `whole` (default: their sum)."""
    row = 28
    total = _size(whole) if whole is not None else sum(_size(bar.value) for bar in bars)
    largest = max((_size(bar.value) for bar in bars), default=0.0)
    names: list[str] = []
    plot: list[str] = []
    dots: list[str] = []
    before = running = 0.0
    for k, bar in enumerate(bars):
        y = k * row + row / 2
        running += _size(bar.value)
        after = min(running / total, 1.0) if total else 0.0
        names.append(
            f'<svg y="{k * row}" width="32%" height="{row}"><title>{escape(bar.label)}</title>'
            f'<text class="label" y="{row / 2 + 4:g}">{escape(bar.label)}</text></svg>'
            f'<text x="100%" y="{y + 4:g}" text-anchor="end">{escape(bar.text)}</text>'
        )
        plot.append(
            f'<rect class="b" y="{y - 7:g}" height="14" rx="2" '
            f'width="{_pct(_size(bar.value) / largest if largest else 0)}">'
            f"<title>{escape(bar.label)}: {escape(bar.text)}</title></rect>"
        )
        if k:
            plot.append(
                f'<line class="line" x1="{_pct(before)}" y1="{y - row:g}" '
                f'x2="{_pct(after)}" y2="{y:g}"/>'
            )
        dots.append(f'<circle class="dot" cx="{_pct(after)}" cy="{y:g}" r="2.5"/>')
        before = after
    height = max(len(bars), 1) * row
    body = (
        "".join(names) + f'<svg x="34%" width="44%" height="{height}" overflow="visible">'
        f'<line class="axis" x1="0" y1="0" x2="0" y2="{height}"/>{"".join(plot + dots)}</svg>'
    )
    return _svg(body, title=title, attributes=f'width="100%" height="{height}"')


def nice_top(maximum: Number, intervals: int = 4) -> float:
    """The smallest round number at or above `maximum` that `intervals` equal steps divide."""
    step = _size(maximum) / intervals
    if not step:
        return float(intervals)
    power: float = 10.0 ** floor(log10(step))
    rounded = next(s for s in _STEPS if s * power >= step * (1 - 1e-12))
    return float(rounded * power * intervals)


def _grid(left: Axis, right: Axis, height: int) -> str:
    lines: list[str] = []
    steps = max(len(left.labels) - 1, 1)
    for k, (amount, rate) in enumerate(zip(left.labels, right.labels, strict=True)):
        y = height - height * k / steps
        axis = "" if k else " axis"
        lines.append(
            f'<line class="grid{axis}" x1="0" y1="{y:g}" x2="100%" y2="{y:g}"/>'
            f'<text x="-8" y="{y + 4:g}" text-anchor="end">{escape(amount)}</text>'
            f'<svg x="100%" overflow="visible" width="1" height="1">'
            f'<text x="8" y="{y + 4:g}">{escape(rate)}</text></svg>'
        )
    return "".join(lines)


def columns_and_line(
    columns: Sequence[Column], left: Axis, right: Axis, *, title: str, height: int = 200
) -> str:
    """Pairs of columns on the left axis and a rate line on the right axis, oldest period first.

    Both axes carry the same number of labels. Every second period label has the class `minor`,
    which a narrow screen hides.
    """
    slot = 1 / max(len(columns), 1)
    bars: list[str] = []
    line: list[str] = []
    dots: list[str] = []
    last: tuple[float, float] | None = None
    for k, column in enumerate(columns):
        centre = (k + 0.5) * slot
        piece = ""
        for css, value, x in (
            ("a", column.first, centre - 0.34 * slot),
            ("b", column.second, centre + 0.01 * slot),
        ):
            tall = height * min(_size(value) / left.top, 1.0)
            piece += (
                f'<rect class="{css}" x="{_pct(x)}" y="{height - tall:.1f}" '
                f'width="{_pct(0.33 * slot)}" height="{tall:.1f}"/>'
            )
        minor = ' class="minor"' if (len(columns) - 1 - k) % 2 else ""
        bars.append(
            f"<g><title>{escape(column.title)}</title>{piece}"
            f'<text{minor} x="{_pct(centre)}" y="{height + 18}" text-anchor="middle">'
            f"{escape(column.label)}</text></g>"
        )
        if column.rate is None:
            last = None
            continue
        y = height - height * min(_size(column.rate) / right.top, 1.0)
        if last is not None:
            line.append(
                f'<line class="line" x1="{_pct(last[0])}" y1="{last[1]:.1f}" '
                f'x2="{_pct(centre)}" y2="{y:.1f}"/>'
            )
        dots.append(f'<circle class="dot" cx="{_pct(centre)}" cy="{y:.1f}" r="3"/>')
        last = (centre, y)
    body = _grid(left, right, height) + "".join(bars) + "".join(line) + "".join(dots)
    attributes = f'width="100%" height="{height + 26}"'
    return _svg(body, title=title, css="with-axes", attributes=attributes)


def traces(
    labels: Sequence[str],
    lines: Sequence[Trace],
    axis: Axis,
    bounds: Sequence[Number] = (),
    *,
    title: str,
    height: int = 150,
) -> str:
    """Lines over periods, the oldest first, on one axis from 0, with dashed `bounds` across.

    With many periods only every second or third is labelled, the newest always.
    """
    slot = 1 / max(len(labels), 1)
    every = 1 + len(labels) // 13

    def at(value: Number) -> float:
        return height - height * min(_size(value) / axis.top, 1.0)

    body = [_grid(axis, Axis(axis.top, [""] * len(axis.labels)), height)]
    body += [
        f'<line class="bound" x1="0" y1="{at(bound):.1f}" x2="100%" y2="{at(bound):.1f}"/>'
        for bound in bounds
        if float(bound) <= axis.top
    ]
    for k, label in enumerate(labels):
        if (len(labels) - 1 - k) % every == 0:
            body.append(
                f'<text x="{_pct((k + 0.5) * slot)}" y="{height + 18}" text-anchor="middle">'
                f"{escape(label)}</text>"
            )
    for line in lines:
        points = [
            None if value is None else ((k + 0.5) * slot, at(value))
            for k, value in enumerate(line.values)
        ]
        body += [
            f'<line class="{line.css}" x1="{_pct(one[0])}" y1="{one[1]:.1f}" '
            f'x2="{_pct(two[0])}" y2="{two[1]:.1f}"/>'
            for one, two in pairwise(points)
            if one is not None and two is not None
        ]
        body += [
            f'<circle class="dot {line.css}-dot" cx="{_pct(point[0])}" cy="{point[1]:.1f}" r="3">'
            f"<title>{escape(said)}</title></circle>"
            for point, said in zip(points, line.titles, strict=True)
            if point is not None
        ]
    attributes = f'width="100%" height="{height + 26}"'
    return _svg("".join(body), title=title, css="with-axes history", attributes=attributes)


def sparkline(values: Sequence[Number], *, title: str) -> str:
    """A line the height of a line of text, from the smallest to the largest of `values`."""
    width, height = 96.0, 24.0
    points = [float(value) for value in values]
    low, high = min(points, default=0.0), max(points, default=0.0)
    span = (high - low) or 1.0
    step = (width - 8) / max(len(points) - 1, 1)
    xy = [
        (4 + k * step, height - 4 - (p - low) / span * (height - 8)) for k, p in enumerate(points)
    ]
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in xy)
    body = f'<polyline class="line" points="{path}"/>'
    if xy:
        body += f'<circle class="dot" cx="{xy[-1][0]:.1f}" cy="{xy[-1][1]:.1f}" r="2.5"/>'
    return _svg(body, title=title, css="spark", attributes='viewBox="0 0 96 24"')


def _arc(start: float, share: float) -> str:
    """A ring sector from `start` (turns, from the top) over `share` of a turn."""
    share = min(share, 0.99999)  # a full circle has no end point of its own
    angles = (2 * pi * start - pi / 2, 2 * pi * (start + share) - pi / 2)
    (ox, oy), (px, py) = ((60 + 56 * cos(a), 60 + 56 * sin(a)) for a in angles)
    (qx, qy), (rx, ry) = ((60 + 38 * cos(a), 60 + 38 * sin(a)) for a in reversed(angles))
    big = int(share > 0.5)
    return (
        f"M{ox:.2f} {oy:.2f}A56 56 0 {big} 1 {px:.2f} {py:.2f}"
        f"L{qx:.2f} {qy:.2f}A38 38 0 {big} 0 {rx:.2f} {ry:.2f}Z"
    )


def donut(parts: Sequence[Part], *, title: str, centre: str = "") -> str:
    """Shares of a whole as a ring, with a figure in the middle."""
    whole = sum(_size(part.value) for part in parts)
    start = 0.0
    body = ""
    for part in parts:
        share = _size(part.value) / whole if whole else 0.0
        if not share:
            continue
        body += (
            f'<path class="{part.css} gap" d="{_arc(start, share)}">'
            f"<title>{escape(part.label)}: {escape(part.text)}</title></path>"
        )
        start += share
    body += f'<text class="centre" x="60" y="66" text-anchor="middle">{escape(centre)}</text>'
    return _svg(body, title=title, css="donut", attributes='viewBox="0 0 120 120"')
