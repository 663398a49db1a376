"""Points in the plane, in groups."""

from collections.abc import Mapping, Sequence

from .canvas import COLOURS, RIGHT, WIDTH, Canvas, at, horizontal, must_be_drawable, vertical

_MOST_POINTS = 3000
Point = tuple[float, float]


def scatter_chart(
    title: str,
    x_label: str,
    y_label: str,
    groups: Mapping[str, Sequence[Point]],
    *,
    centres: Sequence[Point] = (),
) -> str:
    """
    Each group in a colour of its own, named in the legend; centres as crosses.

    Of very many points every so-manieth is drawn: more can't be told apart anyway.
    """
    points = [point for group in groups.values() for point in group]
    everything = [*points, *centres]
    must_be_drawable(title, [value for point in everything for value in point])
    canvas = Canvas(title, x_label, y_label)
    x, x_ticks = horizontal([point[0] for point in everything])
    y, y_ticks = vertical([point[1] for point in everything])
    canvas.y_axis(y, y_ticks)
    canvas.x_axis(x, x_ticks)
    step = -(-len(points) // _MOST_POINTS) or 1
    for place, group in enumerate(groups.values()):
        dots = "".join(f'<circle cx="{at(x(a))}" cy="{at(y(b))}" r="2.5"/>' for a, b in group[::step])
        canvas.add(f'<g fill="{COLOURS[place % len(COLOURS)]}" fill-opacity="0.65">{dots}</g>')
    for a, b in centres:
        left, right, up, down = at(x(a) - 6), at(x(a) + 6), at(y(b) - 6), at(y(b) + 6)
        canvas.add(
            f'<path d="M{left} {up}L{right} {down}M{left} {down}L{right} {up}"'
            ' stroke="#1f2933" stroke-width="2.5"/>'
        )
    _legend(canvas, list(groups))
    return canvas.svg()


def _legend(canvas: Canvas, names: Sequence[str]) -> None:
    right = WIDTH - RIGHT
    for place, name in enumerate(reversed(names)):
        colour = COLOURS[(len(names) - 1 - place) % len(COLOURS)]
        canvas.add(f'<circle cx="{right - 6}" cy="20" r="5" fill="{colour}"/>')
        canvas.text(right - 15, 24, name, attributes='text-anchor="end"')
        right -= 30 + 7 * len(name)
