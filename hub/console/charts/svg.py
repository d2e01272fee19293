"""SVG as text: elements whose attributes are escaped, and the few marks that charts are made of.

Colours come from console.css by class, so light and dark are its business; no attribute here holds a style.
"""

from collections.abc import Iterable
from typing import TypeAlias

from markupsafe import Markup, escape

Value: TypeAlias = str | float


def element(name: str, *inside: Markup | str, **attributes: Value | None) -> Markup:
    """One element; `class_` is `class`, `stroke_width` is `stroke-width`, and None is left out."""
    told = "".join(
        f' {_NAMES.get(key) or _named(key)}="{short(value)}"' for key, value in attributes.items() if value is not None
    )
    held = "".join([each if isinstance(each, Markup) else escape(each) for each in inside])
    return Markup(f"<{name}{told}>{held}</{name}>")  # noqa: S704  # its parts are ours, or escaped just now


def picture(
    width: float, height: float, title: str, marks: Iterable[Markup], *, name: str, more: str = "", class_: str = ""
) -> Markup:
    """A whole picture, which a screen reader tells by its title and what `more` says; `name` is its own on the page."""
    ids = f"{name}-title" + (f" {name}-more" if more else "")
    told = [element("title", title, id=f"{name}-title")]
    if more:
        told.append(element("desc", more, id=f"{name}-more"))
    return element(
        "svg",
        *told,
        *marks,
        viewBox=f"0 0 {short(width)} {short(height)}",
        role="img",
        aria_labelledby=ids,
        class_=f"chart {class_}".strip(),
    )


def bar(x: float, y: float, width: float, height: float, class_: str, title: str = "") -> Markup:
    """A rectangle; `title` is what shows under a pointer."""
    inside = (element("title", title),) if title else ()
    return element("rect", *inside, x=x, y=y, width=max(width, 0), height=max(height, 0), class_=class_)


def line(x1: float, y1: float, x2: float, y2: float, class_: str) -> Markup:
    """A straight line."""
    return element("line", x1=x1, y1=y1, x2=x2, y2=y2, class_=class_)


def words(x: float, y: float, text: str, class_: str = "", anchor: str = "start") -> Markup:
    """A label."""
    return element("text", text, x=x, y=y, class_=class_ or None, text_anchor=anchor)


def path(d: str, class_: str) -> Markup:
    """Any shape."""
    return element("path", d=d, class_=class_)


def short(value: Value) -> str:
    """As an attribute says it: to the hundredth."""
    if isinstance(value, str):
        return str(escape(value))
    return str(value) if isinstance(value, int) else f"{value:.2f}".rstrip("0").rstrip(".")


_NAMES: dict[str, str] = {}


def _named(key: str) -> str:
    name = _NAMES[key] = key.rstrip("_").replace("_", "-")
    return name
