"""Drawings of a day as SVG: marks by shape, not by colour; every number stands in the table beside it."""

from collections.abc import Sequence

from markupsafe import Markup, escape

from hub.console.schedules.load import CROWDED
from schedules.plan import DAY, DayPlan

_HIGH, _WIDE = 16, DAY
_LOAD_HIGH = 90


def timeline(day: DayPlan, label: str) -> Markup:
    """One connector's day: a frame where it is closed, a bar for a band, a stroke for a firing, wide by chance."""
    parts = [f'<rect class="closed" x="{a}" y="0" width="{b - a}" height="{_HIGH}"/>' for a, b in day.closed]
    parts += [
        f'<rect class="band" x="{band.begins}" y="5" width="{max(4, band.ends - band.begins)}" height="6"/>'
        for band in day.bands
    ]
    for mark in day.marks:
        if mark.ends - mark.begins > 1:
            parts.append(
                f'<rect class="chance" x="{mark.begins}" y="3" width="{mark.ends - mark.begins}" height="10"/>'
            )
        parts.append(f'<rect class="fire" x="{mark.begins}" y="1" width="4" height="14"/>')
    return _svg("timeline", _HIGH, label, parts)


def load(drawn: Sequence[float], places: int, label: str) -> Markup:
    """Runs at a time over the day, and a dashed line where the places end; what is above it is hatched."""
    top = max([*drawn, places, 1]) * 1.1
    width = DAY / len(drawn)
    line = _LOAD_HIGH * (1 - places / top)
    parts = []
    for at, runs in enumerate(drawn):
        if runs <= 0:
            continue
        y = _LOAD_HIGH * (1 - runs / top)
        kind = "over" if runs > places + CROWDED else "runs"
        size = f'width="{width - 1:.0f}" height="{_LOAD_HIGH - y:.1f}"'
        parts.append(f'<rect class="{kind}" x="{at * width:.0f}" y="{y:.1f}" {size}/>')
    parts.append(f'<line class="places" x1="0" x2="{DAY}" y1="{line:.1f}" y2="{line:.1f}"/>')
    return _svg("load", _LOAD_HIGH, label, parts)


def _svg(kind: str, high: int, label: str, parts: Sequence[str]) -> Markup:
    hours = "".join(f'<line class="hour" x1="{at}" x2="{at}" y1="0" y2="{high}"/>' for at in range(0, DAY, 180))
    return Markup(  # noqa: S704  # numbers of our own, and one text that is escaped
        f'<svg class="day-{kind}" viewBox="0 0 {_WIDE} {high}" preserveAspectRatio="none" role="img" '
        f'aria-label="{escape(label)}">{hours}{"".join(parts)}</svg>'
    )
