"""Geometry of the small drawings: bars with intervals, and the course through time. Everything in tenths of a point."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

WIDTH = 132
CHART_WIDTH, CHART_HEIGHT = 1080, 260
LEFT, RIGHT, TOP, BOTTOM = 44, 36, 12, 30
ROUND = 50
# Distances between the lines of the grid, of which the first that needs few lines is taken.
JUMPS = (50, 100, 200)
MOST_LINES = 7
FULL = 1000


@dataclass(frozen=True, slots=True)
class Scale:
    """From `low` to `high` tenths, along `width` units."""

    low: int
    high: int
    width: float = WIDTH

    def at(self, tenths: int) -> float:
        """Where a value lies, kept within the scale."""
        within = min(max(tenths, self.low), self.high)
        return round((within - self.low) * self.width / (self.high - self.low), 1)


def scale_of(values: Iterable[int | None], *, width: float = WIDTH) -> Scale:
    """A scale in whole fives of points around the values; 0 to 100 points where there are none."""
    known = [value for value in values if value is not None]
    if not known:
        return Scale(0, FULL, width)
    low, high = min(known) // ROUND * ROUND, -(-max(known) // ROUND) * ROUND
    return Scale(low, high if high > low else low + ROUND, width)


@dataclass(frozen=True, slots=True)
class Bar:
    """An interval from `x` over `length`, and the value itself at `dot`."""

    x: float
    length: float
    dot: float


def bar_of(tenths: int | None, low: int | None, high: int | None, scale: Scale) -> Bar | None:
    """The drawing of a value with its interval; without a value nothing, without an interval the value alone."""
    if tenths is None:
        return None
    if low is None or high is None:
        return Bar(scale.at(tenths), 0, scale.at(tenths))
    return Bar(scale.at(low), max(scale.at(high) - scale.at(low), 1), scale.at(tenths))


@dataclass(frozen=True, slots=True)
class Point:
    """One period in the chart: where it lies, its interval (y of high and low), and whether it was rated."""

    x: float
    y: float
    label: str
    tenths: int
    rated: bool
    top: float | None
    bottom: float | None
    stars: str


@dataclass(frozen=True, slots=True)
class Chart:
    """The course: points, the polylines between neighbouring periods, the grid lines, and the labels below."""

    points: Sequence[Point]
    lines: Sequence[str]
    grid: Sequence[tuple[float, int]]
    labels: Sequence[tuple[float, str]]
    width: int = CHART_WIDTH
    height: int = CHART_HEIGHT


@dataclass(frozen=True, slots=True)
class Moment:
    """One period of a course; `tenths` is None where nothing was scored."""

    label: str
    tenths: int | None
    rated: bool
    low: int | None = None
    high: int | None = None
    stars: str = ""


def chart_of(moments: Sequence[Moment]) -> Chart | None:
    """The chart of a course, oldest first; None where nothing was ever scored. Gaps interrupt the line."""
    if not any(moment.tenths is not None for moment in moments):
        return None
    scale = scale_of(
        (value for moment in moments for value in (moment.tenths, moment.low, moment.high)),
        width=CHART_HEIGHT - TOP - BOTTOM,
    )
    step = (CHART_WIDTH - LEFT - RIGHT) / max(1, len(moments) - 1)

    def y(tenths: int) -> float:
        return round(CHART_HEIGHT - BOTTOM - scale.at(tenths), 1)

    points: list[Point] = []
    lines: list[list[str]] = [[]]
    for place, moment in enumerate(moments):
        x = round(LEFT + place * step, 1) if len(moments) > 1 else (LEFT + CHART_WIDTH - RIGHT) / 2
        if moment.tenths is None:
            lines.append([])
            continue
        top = None if moment.high is None else y(moment.high)
        bottom = None if moment.low is None else y(moment.low)
        points.append(Point(x, y(moment.tenths), moment.label, moment.tenths, moment.rated, top, bottom, moment.stars))
        lines[-1].append(f"{x},{y(moment.tenths)}")
    every = -(-len(moments) // 8)
    labels = [
        (round(LEFT + i * step, 1), m.label) for i, m in enumerate(moments) if (len(moments) - 1 - i) % every == 0
    ]
    if len(moments) == 1:
        labels = [(points[0].x, moments[0].label)]
    jump = next((one for one in JUMPS if scale.high - scale.low <= one * MOST_LINES), JUMPS[-1])
    grid = [(y(value), value) for value in range(-(-scale.low // jump) * jump, scale.high + 1, jump)]
    return Chart(points, [" ".join(line) for line in lines if len(line) > 1], grid, labels)
