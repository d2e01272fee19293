"""One document, as a form or as YAML: two views of the same text, and what each sends back."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import render_template, request
from flask.typing import ResponseReturnValue

from hub.console.connectors import form as forms
from hub.console.connectors import typing, words
from hub.console.connectors.about import about, choice
from hub.console.connectors.form import Control, Path
from hub.console.connectors.writing import FILE, Wrong, signed
from hub.console.register import register
from hub.console.secrets import names as secret_names
from hub.console.visitor import visitor
from hub.inspection.edited import edited
from hub.inspection.permitted import owner_of
from hub.inspection.tree import reference
from mappings.engine.yaml_source import Invalid, parse

_REFERENCE = re.compile(r"\$\{secret:([^}]+)\}")
UNFOLDED = (
    "title",
    "agency",
    "mapping",
    "owner",
    "contact",
    "fresh_within",
    "schedule",
    "settings",
    "limits",
    "blackout",
)


@dataclass(frozen=True, slots=True)
class Sent:
    """What came back: the text, and why it is none yet."""

    text: str
    wrong: Wrong


@dataclass(frozen=True, slots=True)
class Editing:
    """The document of one connector that somebody has before them."""

    name: str
    text: str
    expected: int | None = None  # the version that it is a change of

    def page(self, view: str, wrong: Wrong, status: int = 200, **more: Any) -> ResponseReturnValue:
        """The page with this document; what is wrong beside its field."""
        readable, data = _data(self.text)
        view = "yaml" if view == "yaml" or not readable else "form"
        made, above = _controls(data, wrong) if view == "form" else ([], [*wrong.above, *_flat(wrong)])
        if status != 200 and view == "form" and request.form.get("view") == "form":
            made = forms.typed(made, request.form)
        page = render_template(
            "console/connectors/edit.html",
            editing=self,
            view=view,
            controls=sorted(made, key=_place),
            above=above,
            label=words.label,
            about=about,
            choice=choice,
            type=data.get("type", ""),
            secrets=secret_names.told(self.text),
            agencies=sorted(visitor().scope.agencies or ()),
            unfolded=UNFOLDED,
            **more,
        )
        return page, status


def sent(editing: Editing) -> Sent:
    """The text that the request's form makes of the document; secrets in it are kept, and named in the text."""
    if request.form.get("view") == "yaml":
        return Sent(request.form.get("text", "").replace("\r\n", "\n"), Wrong())
    base = request.form.get("base", editing.text).replace("\r\n", "\n")
    readable, data = _data(base)
    if not readable:
        return Sent(base, Wrong())
    made, _above = _controls(data, Wrong())
    read = typing.read(made, request.form)
    if read.errors:
        return Sent(base, Wrong(read.errors))
    kept = {path: _kept(editing.name, path, value, made) for path, value in read.secrets.items()}
    return Sent(edited(base, {**read.changes, **kept}), Wrong())


def _kept(connector: str, path: Path, value: str, made: Sequence[Control]) -> str:
    """Keep a secret that stood in the form; the reference that stands in the document instead."""
    shown = next(one.shown for one in forms.leaves(made) if one.path == path)
    known = _REFERENCE.fullmatch(shown)
    theirs = known is not None and (visitor().scope.agencies is None or owner_of(known[1]) == connector)
    said = shown if theirs else reference(connector, path[-1])
    name = said.removeprefix("${secret:").removesuffix("}")
    register().vault.put(name, value, None, signed(f"{connector}: {'.'.join(path)}"))
    return said


def _data(text: str) -> tuple[bool, dict[str, Any]]:
    try:
        data = parse(text, FILE).data
    except Invalid:
        return False, {}
    return isinstance(data, dict), data if isinstance(data, dict) else {}


def _controls(data: Mapping[str, Any], wrong: Wrong) -> tuple[list[Control], list[str]]:
    """The controls with what is wrong in each, and what is wrong with none of them."""
    schema = register().schema(str(data.get("type", "")))
    places = set(_places(forms.controls(schema, data)))
    errors: dict[Path, list[str]] = {}
    above = list(wrong.above)
    for path, sentences in wrong.errors.items():
        near = next((path[:end] for end in range(len(path), 0, -1) if path[:end] in places), None)
        if near is None:
            above += [f"{'.'.join(path)}: {said}" if path else said for said in sentences]
        else:
            errors.setdefault(near, []).extend(sentences)
    return forms.controls(schema, data, errors), above


def _places(found: Iterable[Control]) -> Iterable[Path]:
    for one in found:
        yield one.path
        if one.kind is forms.Kind.UNION:
            yield one.path[:-1]
        yield from _places(one.inner)


def _flat(wrong: Wrong) -> list[str]:
    return [f"{'.'.join(path)}: {said}" if path else said for path, found in wrong.errors.items() for said in found]


def _place(one: Control) -> int:
    return UNFOLDED.index(one.path[0]) if one.path[0] in UNFOLDED else len(UNFOLDED)
