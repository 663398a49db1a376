"""Bars: how many there are of each."""

from collections.abc import Sequence

from .canvas import COLOURS, LEFT, RIGHT, WIDTH, Canvas, at, must_be_drawable, safe, short, vertical

_MOST_LABELS, _LETTER = 16, 6.8
# Of labels that are turned because they are too long for their bars.
_MOST_LETTERS, _ROOM_BELOW = 12, 34


def bar_chart(title: str, x_label: str, y_label: str, bars: Sequence[tuple[str, float]]) -> str:
    """A histogram, or other bars in a row. A bar's label and value show when it is pointed at."""
    must_be_drawable(title, [value for _, value in bars])
    canvas = Canvas(title, x_label, y_label)
    scale, ticks = vertical([0, *(value for _, value in bars)])
    canvas.y_axis(scale, ticks)
    room = (WIDTH - RIGHT - LEFT) / len(bars)
    step = -(-len(bars) // _MOST_LABELS)
    turned = max(len(label) for label, _ in bars[::step]) > room * step / _LETTER
    canvas.below = _ROOM_BELOW if turned else 0
    for place, (label, value) in enumerate(bars):
        x, top, zero = LEFT + place * room, scale(max(value, 0)), scale(min(value, 0))
        canvas.add(
            f'<rect x="{at(x + room * 0.08)}" y="{at(top)}"'
            f' width="{at(room * 0.84)}" height="{at(zero - top)}"'
            f' fill="{COLOURS[0]}"><title>{safe(label)}: {short(value)}</title></rect>'
        )
        if place % step == 0 and turned:
            canvas.turned_tick_below(x + room / 2, _beginning(label))
        elif place % step == 0:
            canvas.tick_below(x + room / 2, label)
    return canvas.svg()


def _beginning(label: str) -> str:
    return label if len(label) <= _MOST_LETTERS else label[: _MOST_LETTERS - 1] + "…"
