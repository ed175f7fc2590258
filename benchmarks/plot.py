"""Growth with size as a picture: SVG with logarithmic axes, written from plain numbers."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

_WIDTH, _HEIGHT = 460, 320
_LEFT, _RIGHT, _TOP, _BOTTOM = 64, 110, 34, 44
# Told apart also by their marks, for those to whom the colours look alike.
_COLOURS = ("#0b6e99", "#b3541e", "#4f7f3f", "#7a4fa3")
_STYLE = """
  text { font: 12px system-ui, sans-serif; fill: #1c2430 }
  .title { font-weight: 600; font-size: 13px }
  .grid { stroke: #8a94a3; stroke-opacity: .3 }
  .paper { fill: #ffffff }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6e9ee }
    .paper { fill: #161b22 }
  }
"""


@dataclass(frozen=True, slots=True)
class Curve:
    """A name and its points `(size, value)`, all above 0."""

    name: str
    points: tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class Panel:
    """Curves over one pair of axes; sizes are along the lower one."""

    title: str
    unit: str
    curves: tuple[Curve, ...]


def svg(panels: Sequence[Panel], sizes: str) -> str:
    """The panels side by side; `sizes` says what the lower axes count."""
    width = _WIDTH * len(panels)
    drawn = "\n".join(
        f'<g transform="translate({at * _WIDTH} 0)">{_panel(panel, sizes)}</g>'
        for at, panel in enumerate(panels)
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {_HEIGHT}" role="img">\n'
        f"<title>{escape('; '.join(panel.title for panel in panels))}</title>\n"
        f"<style>{_STYLE}</style>\n"
        f'<rect class="paper" width="{width}" height="{_HEIGHT}"/>\n{drawn}\n</svg>\n'
    )


class _Axis:
    """Places values between two decades on a line of the picture."""

    def __init__(self, values: Sequence[float], first: float, last: float) -> None:
        self._low = math.floor(math.log10(min(values)))
        self._high = max(self._low + 1, math.ceil(math.log10(max(values))))
        self._first, self._last = first, last

    def at(self, value: float) -> float:
        share = (math.log10(value) - self._low) / (self._high - self._low)
        return round(self._first + share * (self._last - self._first), 1)

    def decades(self) -> list[float]:
        return [10.0**power for power in range(self._low, self._high + 1)]


def _panel(panel: Panel, sizes: str) -> str:
    points = [point for curve in panel.curves for point in curve.points]
    if not points:
        return ""
    across = _Axis([size for size, _ in points], _LEFT, _WIDTH - _RIGHT)
    up = _Axis([value for _, value in points], _HEIGHT - _BOTTOM, _TOP)
    parts = [f'<text class="title" x="{_LEFT}" y="20">{escape(panel.title)}</text>']
    parts += [_line_across(up, value, panel.unit) for value in up.decades()]
    parts += [_line_up(across, size) for size in across.decades()]
    middle = (_LEFT + _WIDTH - _RIGHT) / 2
    parts.append(
        f'<text x="{middle}" y="{_HEIGHT - 8}" text-anchor="middle">{escape(sizes)}</text>'
    )
    labels: list[tuple[float, float]] = []
    for number, curve in enumerate(panel.curves):
        parts.append(_curve(curve, number, across, up, labels))
    return "".join(parts)


def _line_across(up: _Axis, value: float, unit: str) -> str:
    y = up.at(value)
    return (
        f'<line class="grid" x1="{_LEFT}" x2="{_WIDTH - _RIGHT}" y1="{y}" y2="{y}"/>'
        f'<text x="{_LEFT - 6}" y="{y + 4}" text-anchor="end">{value:g} {unit}</text>'
    )


def _line_up(across: _Axis, size: float) -> str:
    x = across.at(size)
    return (
        f'<line class="grid" x1="{x}" x2="{x}" y1="{_TOP}" y2="{_HEIGHT - _BOTTOM}"/>'
        f'<text x="{x}" y="{_HEIGHT - _BOTTOM + 16}" text-anchor="middle">{size:,.0f}</text>'
    )


def _curve(
    curve: Curve, number: int, across: _Axis, up: _Axis, labels: list[tuple[float, float]]
) -> str:
    if not curve.points:
        return ""
    colour = _COLOURS[number % len(_COLOURS)]
    places = [(across.at(size), up.at(value)) for size, value in sorted(curve.points)]
    path = " ".join(f"{x},{y}" for x, y in places)
    marks = "".join(_mark(x, y, number, colour) for x, y in places)
    x, y = places[-1]
    # A name moves down until it stands clear of those that were written before.
    while any(abs(x - left) < 90 and abs(y - other) < 14 for left, other in labels):
        y += 14
    labels.append((x, y))
    return (
        f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>{marks}'
        f'<text x="{x + 9}" y="{y + 4}" style="fill:{colour}">{escape(curve.name)}</text>'
    )


def _mark(x: float, y: float, number: int, colour: str) -> str:
    if number % 3 == 0:
        return f'<circle cx="{x}" cy="{y}" r="4" fill="{colour}"/>'
    if number % 3 == 1:
        return f'<rect x="{x - 4}" y="{y - 4}" width="8" height="8" fill="{colour}"/>'
    corners = f"{x},{y - 5} {x + 5},{y + 4} {x - 5},{y + 4}"
    return f'<polygon points="{corners}" fill="{colour}"/>'
