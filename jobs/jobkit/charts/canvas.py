"""The canvas of every chart: a title, two axes with round numbers, and space in between."""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from html import escape

from sparkctl_io.errors import JobError

WIDTH, HEIGHT = 640, 400
LEFT, RIGHT, TOP, BOTTOM = 68, 20, 44, 56
# Told apart by people with any kind of colour vision.
COLOURS = (
    "#0072b2", "#d55e00", "#009e73", "#cc79a7", "#56b4e9",
    "#b58900", "#5d3a9b", "#7f7f7f", "#a6761d", "#117733",
)  # fmt: skip
_INK, _GREY, _GRID = "#1f2933", "#52606d", "#e4e7eb"
# XML has no place for these, however they are written.
_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True)
class Scale:
    """Takes values to places on the canvas."""

    low: float
    high: float
    start: float
    stop: float

    def __call__(self, value: float) -> float:
        return self.start + (value - self.low) / (self.high - self.low) * (self.stop - self.start)


@dataclass
class Canvas:
    """Collects the marks of a chart."""

    title: str
    x_label: str
    y_label: str
    marks: list[str] = field(default_factory=list)
    below: int = 0
    """Further room for the labels of the x axis."""

    def add(self, mark: str) -> None:
        self.marks.append(mark)

    def text(self, x: float, y: float, content: str, *, size: int = 12, attributes: str = "") -> None:
        colour = "" if "fill=" in attributes else f' fill="{_GREY}"'
        self.add(
            f'<text x="{at(x)}" y="{at(y)}" font-size="{size}"{colour} {attributes}>{safe(content)}</text>'
        )

    def x_axis(self, scale: Scale, ticks: Sequence[float]) -> None:
        for tick in ticks:
            self.tick_below(scale(tick), short(tick))

    def tick_below(self, x: float, label: str) -> None:
        self.text(x, HEIGHT - BOTTOM + 18, label, attributes='text-anchor="middle"')

    def turned_tick_below(self, x: float, label: str) -> None:
        y = HEIGHT - BOTTOM + 16
        self.text(
            x, y, label, size=11, attributes=f'text-anchor="end" transform="rotate(-35 {at(x)} {at(y)})"'
        )

    def y_axis(self, scale: Scale, ticks: Sequence[float]) -> None:
        for tick in ticks:
            y = at(scale(tick))
            self.add(f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y}" y2="{y}" stroke="{_GRID}"/>')
            self.text(LEFT - 8, scale(tick) + 4, short(tick), attributes='text-anchor="end"')

    def svg(self) -> str:
        """The picture as a document of its own."""
        middle = (TOP + HEIGHT - BOTTOM) / 2
        base = HEIGHT - BOTTOM
        self.add(f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{base}" y2="{base}" stroke="{_GREY}"/>')
        self.text(LEFT, 24, self.title, size=15, attributes=f'font-weight="600" fill="{_INK}"')
        height = HEIGHT + self.below
        self.text((LEFT + WIDTH - RIGHT) / 2, height - 14, self.x_label, attributes='text-anchor="middle"')
        turned = f'text-anchor="middle" transform="rotate(-90 16 {at(middle)})"'
        self.text(16, middle, self.y_label, attributes=turned)
        body = "\n".join(self.marks)
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}"'
            f' height="{height}" role="img" font-family="system-ui, sans-serif">\n'
            f"<title>{safe(self.title)}</title>\n"
            f'<rect width="{WIDTH}" height="{height}" fill="#ffffff"/>\n{body}\n</svg>\n'
        )


def horizontal(values: Sequence[float]) -> tuple[Scale, list[float]]:
    """A scale from left to right that holds these values, and where its numbers stand."""
    ticks = round_ticks(min(values), max(values))
    return Scale(ticks[0], ticks[-1], LEFT + 8, WIDTH - RIGHT - 8), ticks


def vertical(values: Sequence[float]) -> tuple[Scale, list[float]]:
    """A scale from the bottom up."""
    ticks = round_ticks(min(values), max(values))
    return Scale(ticks[0], ticks[-1], HEIGHT - BOTTOM, TOP), ticks


def round_ticks(low: float, high: float, about: int = 6) -> list[float]:
    """Some round numbers of which the first is not above `low` and the last not below `high`."""
    if high <= low:
        low, high = (low - 1, high + 1) if low else (0.0, 1.0)
    rough = (high - low) / about
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(factor * power for factor in (1, 2, 5, 10) if factor * power >= rough * 0.999)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return [round(place * step, 12) for place in range(first, last + 1)]


def must_be_drawable(title: str, values: Sequence[float]) -> None:
    if not values or not all(math.isfinite(value) for value in values):
        raise JobError(f"the chart {title!r} needs some values, and finite ones")


def at(value: float) -> str:
    """A place on the canvas."""
    return f"{value:.1f}".removesuffix(".0")


def short(value: float) -> str:
    """A number as people write it."""
    text = f"{value:,.6f}".rstrip("0").rstrip(".") if abs(value) < 1e9 else f"{value:.3g}"
    return "0" if text in ("-0", "") else text


def safe(text: str) -> str:
    """Text that stays text."""
    return escape(_FORBIDDEN.sub("\ufffd", text), quote=True)
