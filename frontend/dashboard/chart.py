"""The curves of a dashboard or report as SVG: two counts a step, one full, one hatched: no colour is needed."""

import itertools
from collections.abc import Sequence

from django.utils.formats import date_format, number_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from common.dates import long_date
from geo.dashboards.drawing import ACCENT, INK, LINE, WIDTH, svg, writable
from geo.dashboards.periods import Steps

TOP, BOTTOM, LEFT, HEIGHT = 90, 480, 90, 560
MOST_NUMBERS = 14  # steps up to which each bar bears its number
MOST_LABELS = 13
GRID = "#d8d2c3"
SHADED = "#e8ecf8"


def step_title(steps: Steps, place: int, form: str = "") -> str:
    """A step as people call it: the day its week begins on, or its month."""
    if form:
        return long_date(steps.starts[place], form)
    short = date_format(steps.starts[place], "j N" if steps.unit == "week" else "N y")
    # French writes months small, and Django these ones with a capital.
    return short.lower() if (get_language() or "").startswith("fr") else short


def trend(
    steps: Steps,
    curves: tuple[list, list],
    titles: Sequence[str],
    *,
    name: str,
    title: str,
    text: str,
    reach: tuple[float, float] | None = None,
    last: str = "",
) -> SafeString:
    """Both curves. `reach`, from where to where in steps, is shaded; `last` is written under the last step."""
    top = ceiling(max([value for curve in curves for value in curve], default=0))
    wide = (WIDTH - LEFT) / len(steps.starts)
    bars, numbers = ([], []), []
    for nth, curve in enumerate(curves):
        for place, value in enumerate(curve):
            x = LEFT + wide * (place + 0.12 + 0.38 * nth)
            height = (BOTTOM - TOP) * value / top
            bars[nth].append((round(x, 1), round(BOTTOM - height, 1), round(wide * 0.36, 1), round(height, 1)))
            if len(steps.starts) <= MOST_NUMBERS and value:
                numbers.append((round(x + wide * 0.18), round(BOTTOM - height - 8), value))
    body = format_html(
        '<defs><pattern id="{0}-hatch" width="12" height="12" patternUnits="userSpaceOnUse"'
        ' patternTransform="rotate(45)"><rect width="12" height="12" fill="#ffffff"/>'
        '<rect width="5" height="12" fill="{1}"/></pattern></defs>{2}{3}{4}'
        '<g fill="{5}">{6}</g><g fill="url(#{0}-hatch)" stroke="{1}" stroke-width="2">{7}</g>'
        '<g font-size="26" text-anchor="middle" fill="{1}">{8}{9}</g>{10}',
        name,
        INK,
        _shaded(reach, wide) if reach else "",
        _grid(top),
        _legend(titles, name),
        ACCENT,
        *(format_html_join("", '<rect x="{}" y="{}" width="{}" height="{}"/>', one) for one in bars),
        format_html_join("", '<text x="{}" y="{}">{}</text>', numbers),
        _labels(steps, wide),
        _last(last),
    )
    return svg(HEIGHT, title, text, body, name)


def _shaded(reach: tuple[float, float], wide: float) -> SafeString:
    since, until = reach
    return format_html(
        '<rect x="{}" y="{}" width="{}" height="{}" fill="{}"/>',
        round(LEFT + wide * since, 1),
        TOP - 14,
        round(wide * (until - since), 1),
        BOTTOM - TOP + 14,
        SHADED,
    )


def _last(text: str) -> SafeString | str:
    if not text:
        return ""
    return format_html(
        '<text x="{}" y="{}" font-size="26" text-anchor="end" fill="{}">{}</text>', WIDTH, BOTTOM + 72, INK, text
    )


def ceiling(most: float) -> int:
    """The end of an axis: the least of 4, 8, 12, 20, 40, 80, 120, 200… that holds `most`; its quarters are whole."""
    return next(step * 10**power for power in itertools.count() for step in (4, 8, 12, 20) if step * 10**power >= most)


def _grid(top: int) -> SafeString:
    rows = []
    for quarter in range(5):
        y = round(BOTTOM - (BOTTOM - TOP) * quarter / 4)
        value = number_format(top * quarter // 4, use_l10n=True, force_grouping=True)
        rows.append((LEFT, WIDTH, y, y, INK if not quarter else GRID, LEFT - 14, y + 9, value))
    return format_html_join(
        "",
        '<path d="M{0} {2}H{1}" stroke="{4}" stroke-width="2"/>'
        '<text x="{5}" y="{6}" font-size="28" text-anchor="end" fill="#1b2232">{7}</text>',
        rows,
    )


def _legend(titles: Sequence[str], name: str) -> SafeString:
    fills = (ACCENT, f"url(#{name}-hatch)")
    rows, x = [], LEFT
    for title, fill in zip(titles, fills, strict=True):
        rows.append((x, fill, LINE, x + 52, writable(title)))
        x += 120 + 17 * len(str(title))
    return format_html_join(
        "",
        '<rect x="{}" y="18" width="38" height="30" fill="{}" stroke="{}" stroke-width="2"/>'
        '<text x="{}" y="43" font-size="32" fill="#1b2232">{}</text>',
        rows,
    )


def _labels(steps: Steps, wide: float) -> SafeString:
    every = -(-len(steps.starts) // MOST_LABELS)
    last = len(steps.starts) - 1
    rows = [
        (round(LEFT + wide * (place + 0.5)), BOTTOM + 40, step_title(steps, place))
        for place in range(len(steps.starts))
        if (last - place) % every == 0
    ]
    return format_html_join("", '<text x="{}" y="{}">{}</text>', rows)


def described(steps: Steps) -> str:
    """What a step is, in words."""
    if steps.unit == "week":
        return _("Each week is named by its Monday.")
    return _("Month by month.")
