"""The figure of detection: how surely each method finds a diversion of a size, or within so many months.

Each method has a line, a shape and a dash of its own, so that it is told apart without colour. Bars are the intervals
that come with the points; methods stand a little beside each other so that the bars do not cover one another.
"""

from collections.abc import Mapping, Sequence
from functools import partial
from math import isfinite
from typing import Any

from ytterby.shell.drawing import month_words
from ytterby.shell.drawing.axis import Scale, Ticks, choose_ticks
from ytterby.shell.drawing.pen import SERIES, SHAPES, Pen
from ytterby.shell.drawing.picture import NARROW, Key, Picture, draw_head, say_nothing, write_figure
from ytterby.shell.wording import word

Method = Mapping[str, Any]
PLOT_HEIGHT = 260.0
LEFT, RIGHT, FOOT = 44.0, 20.0, 44.0
ASIDE, CAP = 3.0, 3.0
SHARE, MONTHS, ALERTS = "share", "months", "alerts"
# What points may stand over, and by how much that is multiplied where it is written.
TIMES = {SHARE: 100.0, MONTHS: 1.0, ALERTS: 100.0}
# What stands upright: of most the probability of detection.
UPRIGHT = {ALERTS: "recall_axis"}
TICKS_MOST_NARROW = 5
TICKS_MOST_WIDE = 10


def draw_detection(
    methods: Sequence[Method], *, title: str, language: str, is_page: bool, x: str = SHARE, is_narrow: bool = False
) -> str:
    """Return probabilities of detection as SVG for a page or as a file.

    Each method is {method, points: [{x, probability, low, high}]}, all of 0 to 1; `x` says what the points stand over:
    "share" of the throughput diverted (0 to 1, drawn in per cent), "months" since it began, or the share of innocent
    names that alert ("alerts").

    Raises:
        ValueError: there are more methods than can be told apart, `x` is none of these, or a figure is not finite or no
            probability.
    """
    if x not in TIMES:
        raise ValueError(f"{x!r} is none of {', '.join(TIMES)}")
    draw = partial(detection_picture, methods, x, language)
    return write_figure(draw, title=title, is_page=is_page, is_narrow=is_narrow)


def detection_picture(methods: Sequence[Method], x: str, language: str, pen: Pen, width: float) -> Picture:
    """Return the figure of detection, so wide.

    Raises:
        ValueError: there are more methods than can be told apart, or a figure is not finite or no probability.
    """
    if len(methods) > len(SERIES):
        raise ValueError(f"{len(methods)} methods; {len(SERIES)} can be told apart")
    _check(methods)
    if not any(method["points"] for method in methods):
        return say_nothing(pen, month_words.say("nothing_detected", language), width)
    keys = [
        Key(f"mark-{series}", shape, word("method", method["method"], language))
        for method, series, shape in zip(methods, SERIES, SHAPES, strict=False)
    ]
    head = draw_head(pen, month_words.say(UPRIGHT.get(x, "detection_axis"), language), keys, width)
    top = head.height + 6
    upright = Scale(0.0, 1.0, top + PLOT_HEIGHT, top)
    times = TIMES[x]
    most = TICKS_MOST_WIDE if width > NARROW else TICKS_MOST_NARROW
    ticks = choose_ticks([0.0, *(times * point["x"] for method in methods for point in method["points"])], most)
    level = Scale(ticks.values[0] / times, ticks.values[-1] / times, LEFT, width - RIGHT)
    parts = [*head.parts, *_grid(pen, upright, level, ticks, times)]
    parts.append(
        pen.text(
            "name", (LEFT + width - RIGHT) / 2, upright.start + 36, month_words.say(f"over_{x}", language), "middle"
        )
    )
    for place, method in enumerate(methods):
        aside = ASIDE * (place - (len(methods) - 1) / 2)
        parts += _line(pen, method, upright, level, aside, place, language, x)
    return Picture(width, upright.start + FOOT, tuple(parts), _about(methods, language, x))


def _check(methods: Sequence[Method]) -> None:
    for method in methods:
        for point in method["points"]:
            if not isfinite(point["x"]) or not all(0 <= point[key] <= 1 for key in ("probability", "low", "high")):
                raise ValueError(f"{method['method']}: a point is not finite, or no probability: {dict(point)}")


def _grid(pen: Pen, upright: Scale, level: Scale, ticks: Ticks, times: float) -> list[str]:
    found = []
    for n in range(6):
        y = upright.place(n / 5)
        found.append(pen.line("grid" if n else "zero", LEFT, y, level.end, y))
        found.append(pen.text("tick", LEFT - 6, y + 4, f"{20 * n} %", "end"))
    for tick in ticks.values:
        x = level.place(tick / times)
        found.append(pen.line("zero", x, upright.start, x, upright.start + 4))
        shown = f"{ticks.write(tick)} %" if times > 1 else ticks.write(tick)
        found.append(pen.text("tick", x, upright.start + 16, shown, "middle"))
    return found


def _line(
    pen: Pen, method: Method, upright: Scale, level: Scale, aside: float, place: int, language: str, over: str
) -> list[str]:
    series, shape = SERIES[place], SHAPES[place]
    points = sorted(method["points"], key=lambda point: point["x"])
    at = [(level.place(point["x"]) + aside, upright.place(point["probability"])) for point in points]
    found = []
    for point, (x, _) in zip(points, at, strict=True):
        high, low = upright.place(point["high"]), upright.place(point["low"])
        found.append(pen.line(f"range-{series}", x, high, x, low))
        found += [pen.line(f"range-{series}", x - CAP, y, x + CAP, y) for y in (high, low)]
    found.append(pen.polyline(f"line-{series}", at))
    for point, (x, y) in zip(points, at, strict=True):
        found.append(pen.mark(f"mark-{series}", shape, x, y, 4))
        found.append(pen.rect("hit", x - 8, y - 8, 16, 16, _tip(method, point, language, over)))
    return found


def _tip(method: Method, point: Mapping[str, float], language: str, over: str) -> str:
    times = TIMES[over]
    return month_words.say(
        f"tip_{over}",
        language,
        method=word("method", method["method"], language),
        x=f"{times * point['x']:g}",
        probability=_percent(point["probability"]),
        low=_percent(point["low"]),
        high=_percent(point["high"]),
    )


def _about(methods: Sequence[Method], language: str, x: str) -> str:
    times, listed = TIMES[x], []
    for method in methods:
        if not method["points"]:
            continue
        points = sorted(method["points"], key=lambda point: point["x"])
        facts = {
            "method": word("method", method["method"], language),
            "first": _percent(points[0]["probability"]),
            "last": _percent(points[-1]["probability"]),
            "from": f"{times * points[0]['x']:g}",
            "to": f"{times * points[-1]['x']:g}",
        }
        listed.append(month_words.say(f"about_{x}", language, **facts))
    return month_words.say("about_detection", language, methods=month_words.clauses(listed, language))


def _percent(value: float) -> str:
    return f"{100 * value:.0f} %"
