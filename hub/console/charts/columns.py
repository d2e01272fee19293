"""Columns over time: stacked ones, and rows of small ones. Each layer has a pattern of its own besides its colour."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from math import ceil, log10

from markupsafe import Markup, escape

from hub.console.charts import svg
from hub.console.charts.period import Part

_WIDE, _LEFT, _RIGHT, _TOP = 760, 62, 8, 12
_ENDS = (1.2, 1.6, 2, 2.4, 3.2, 4, 6, 8, 10)
_LABELS = 8  # below the columns, at most
_PATTERNS = {
    "solid": (svg.bar(0, 0, 8, 8, "ink"),),
    "hatch": (svg.bar(0, 0, 8, 8, "paper"), svg.path("M-2 2 L2 -2 M0 8 L8 0 M6 10 L10 6", "stroke")),
    "dots": (svg.bar(0, 0, 8, 8, "paper"), svg.path("M1 3 h3 M5 7 h3", "stroke")),
    "empty": (svg.bar(0, 0, 8, 8, "paper"),),
}
Told = Callable[[float], str]


@dataclass(frozen=True, slots=True)
class Layer:
    """One kind of thing in every column."""

    key: str  # its class
    word: str
    pattern: str
    values: Sequence[float]


@dataclass(frozen=True, slots=True)
class Field:
    """Where columns stand in a picture."""

    parts: Sequence[Part]
    top: float
    height: float
    largest: float

    @property
    def step(self) -> float:
        """From one column to the next."""
        return (_WIDE - _LEFT - _RIGHT) / len(self.parts)

    def x(self, place: int) -> float:
        """Where a column begins."""
        return _LEFT + place * self.step + self.step * 0.12

    @property
    def width(self) -> float:
        """Of a column."""
        return self.step * 0.76

    def tall(self, value: float) -> float:
        """How tall a value is."""
        return self.height * value / self.largest if self.largest else 0

    def grid(self, told: Told, lines: int) -> Iterator[Markup]:
        """Lines across, with what they stand for."""
        for place in range(lines + 1):
            y = self.top + self.height * (1 - place / lines)
            yield svg.line(_LEFT, y, _WIDE - _RIGHT, y, "grid" if place else "axis")
            yield svg.words(_LEFT - 6, y + 4, told(self.largest * place / lines), anchor="end")

    def times(self, y: float) -> Iterator[Markup]:
        """When the columns are; of parts of days, where a day begins, which one."""
        every = ceil(len(self.parts) / _LABELS)
        shown = [place for place in range(len(self.parts)) if (len(self.parts) - 1 - place) % every == 0]
        before = ""
        for place in shown:
            part = self.parts[place]
            middle = self.x(place) + self.width / 2
            yield svg.words(middle, y, part.short, anchor="middle")
            if not part.whole_days and part.day != before:
                yield svg.words(middle, y + 14, part.day, anchor="middle")
            before = part.day


def stacked(name: str, title: str, more: str, parts: Sequence[Part], layers: Sequence[Layer], told: Told) -> Markup:
    """Columns of layers, the first at the bottom."""
    sums = [sum(layer.values[place] for layer in layers) for place in range(len(parts))]
    where = Field(parts, _TOP, 190, whole_up(max(sums, default=0)))
    marks = [_patterns(name, layers), *where.grid(told, 4), *_columns(name, where, layers, told), *where.times(220)]
    return svg.picture(_WIDE, 242, title, marks, name=name, more=more)


def rows(name: str, title: str, more: str, parts: Sequence[Part], layers: Sequence[Layer], told: Told) -> Markup:
    """A row of columns for each layer, all to the same scale, so that rows can be compared."""
    largest = rounded_up(max((max(layer.values, default=0) for layer in layers), default=0))
    marks: list[Markup] = [_patterns(name, layers)]
    for place, layer in enumerate(layers):
        where = Field(parts, _TOP + 18 + place * 70, 44, largest)
        marks += [svg.words(_LEFT, where.top - 6, layer.word, "strong"), *where.grid(told, 1)]
        marks += _columns(name, where, [layer], told)
    end = _TOP + 18 + len(layers) * 70
    marks += Field(parts, 0, 0, 0).times(end)
    return svg.picture(_WIDE, end + 22, title, marks, name=name, more=more)


def rounded_up(value: float) -> float:
    """The end of a scale, whose quarters are told in few digits."""
    if value <= 0:
        return 4
    size = 10.0 ** int(log10(value) // 1)
    return next(step * size for step in _ENDS if step * size >= value * 0.999_999)


def whole_up(value: float) -> float:
    """The same of numbers of things: its quarters are whole."""
    return next((few for few in (4, 8, 12) if few >= value), 0) or rounded_up(value)


def swatch(name: str, layer: Layer) -> Markup:
    """Its mark in the legend; the pattern is that of the picture `name`."""
    return svg.element(
        "svg",
        svg.element(
            "rect", x=1, y=1, width=16, height=12, fill=f"url(#{name}-{layer.key})", class_=f"bar c-{layer.key}"
        ),
        viewBox="0 0 18 14",
        class_="swatch",
        aria_hidden="true",
    )


def _patterns(name: str, layers: Sequence[Layer]) -> Markup:
    made = (
        svg.element(
            "pattern",
            *_PATTERNS[layer.pattern],
            id=f"{name}-{layer.key}",
            width=8,
            height=8,
            patternUnits="userSpaceOnUse",
            class_=f"c-{layer.key}",
        )
        for layer in {each.key: each for each in layers}.values()  # rows of small columns have one in common
    )
    return svg.element("defs", *made)


def _columns(name: str, where: Field, layers: Sequence[Layer], told: Told) -> Iterator[Markup]:
    wide = svg.short(where.width)
    for place, part in enumerate(where.parts):
        y, x, at = where.top + where.height, svg.short(where.x(place)), part.told
        for layer in layers:
            value = layer.values[place]
            if value <= 0:
                continue
            height = max(where.tall(value), 1.5)  # something that there was is seen
            y -= height
            size = f'x="{x}" y="{svg.short(y)}" width="{wide}" height="{svg.short(height)}"'
            drawn = f'{size} fill="url(#{name}-{layer.key})" class="bar c-{layer.key}"'
            # Not by `svg.element`: a page has a thousand of them. Names and keys are ours.
            yield Markup(f"<rect {drawn}><title>{escape(f'{at} · {layer.word}: {told(value)}')}</title></rect>")  # noqa: S704
