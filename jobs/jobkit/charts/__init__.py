"""Small pictures for a run's report, as SVG that needs nothing else: no library, no script, no font."""

from .bars import bar_chart
from .line import line_chart
from .scatter import scatter_chart

__all__ = ["bar_chart", "line_chart", "scatter_chart"]
