"""Figures in the house style: strings of SVG, each chart one function over plain values.

Every chart takes `id` (unique on the page), `title` and `alt` (read aloud; the page prints the title itself) and
`width` (760 unless the column is narrower). Figures in words arrive already written in the reader's language;
charts with an axis also take `number`, which writes an axis figure.
"""

from itguide.figures.bars import Pair, Share, flow_bars, paired_bars
from itguide.figures.canvas import Canvas
from itguide.figures.columns import Period, bars_by_period
from itguide.figures.grids import Cell, Row, Span, coverage_grid, timeline
from itguide.figures.scale import Mark
from itguide.figures.spread import Fan, Range, fan, quantile_dots, quantiles, range_rows
from itguide.figures.week import WeekRow, week_rows

__all__ = [
    "Canvas",
    "Cell",
    "Fan",
    "Mark",
    "Pair",
    "Period",
    "Range",
    "Row",
    "Share",
    "Span",
    "WeekRow",
    "bars_by_period",
    "coverage_grid",
    "fan",
    "flow_bars",
    "paired_bars",
    "quantile_dots",
    "quantiles",
    "range_rows",
    "timeline",
    "week_rows",
]  # fmt: skip
