"""A line: how one number goes with another."""

from collections.abc import Sequence

from .canvas import COLOURS, Canvas, at, horizontal, must_be_drawable, short, vertical


def line_chart(
    title: str,
    x_label: str,
    y_label: str,
    points: Sequence[tuple[float, float]],
    *,
    marked: float | None = None,
) -> str:
    """Points joined by a line, in the order given; the one at the x of `marked` stands out."""
    must_be_drawable(title, [value for point in points for value in point])
    canvas = Canvas(title, x_label, y_label)
    x, x_ticks = horizontal([point[0] for point in points])
    y, y_ticks = vertical([point[1] for point in points])
    canvas.y_axis(y, y_ticks)
    canvas.x_axis(x, x_ticks)
    path = " ".join(f"{at(x(a))},{at(y(b))}" for a, b in points)
    canvas.add(f'<polyline points="{path}" fill="none" stroke="{COLOURS[0]}" stroke-width="2"/>')
    for a, b in points:
        chosen = a == marked
        canvas.add(
            f'<circle cx="{at(x(a))}" cy="{at(y(b))}" r="{7 if chosen else 4}"'
            f' fill="{COLOURS[1 if chosen else 0]}"><title>{short(a)}: {short(b)}</title></circle>'
        )
    return canvas.svg()
