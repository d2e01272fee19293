"""Looking at a registered connector's system: check, discover, guess a mapping, preview. It stores no record."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.routing import BuildError

from hub.console import reads, values
from hub.console.connectors.editor import Editing
from hub.console.connectors.looking import NoAnswer, Trouble, ask, checked
from hub.console.connectors.one import changed
from hub.console.connectors.sources import LARGEST, kept
from hub.console.connectors.writing import Wrong, before_of, looked_over, signed
from hub.console.database import database
from hub.console.page import Page
from hub.console.register import register
from hub.console.visitor import own_connector, visitor
from hub.inspection.discovery import Discovery, discovered
from hub.inspection.line import Line, line_to
from hub.inspection.preview import Preview, Shown, preview
from hub.inspection.register import Registered
from hub.inspection.scaffolding import from_connector, from_file
from hub.inspection.skeleton import skeleton
from hub.record.entities import DOSSIER
from hub.record.rights import Right
from hub.store import runs
from hub.store.registrations import Unregistered
from hub.store.secrets import SecretsLocked
from mappings.engine.library import UnknownMapping
from mappings.engine.yaml_source import Invalid
from mappings.scaffold.document import Scaffold
from mappings.scaffold.personal import shown

_RECORDS, _GUESSED_FROM = 5, 50


@dataclass(frozen=True, slots=True)
class Value:
    """One value that a record came to."""

    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Seen:
    """A record of a preview as who asks may see it."""

    key: str
    changed_at: str
    received: str | None  # None: only for those who see personal data
    values: Sequence[Value] | None
    problems: Sequence[str]
    quarantined: bool


def check_page(name: str) -> str:
    """What a check does, and its button."""
    return _check(name, None, None)


def check(name: str) -> ResponseReturnValue:
    """Each step that passed, and what to do about the one that did not."""
    try:
        steps, trouble = checked(_line(name))
    except NoAnswer as no:
        return _check(name, [], no.trouble)
    return _check(name, [step.sentence for step in steps], trouble)


def preview_page(name: str) -> str:
    """What a preview does, and its button."""
    return _preview(name, None, None)


def look(name: str) -> ResponseReturnValue:
    """The first records, and what their mapping makes of them."""
    try:
        found, line = _found(name), _line(name)
        mapping = found.mapping
        came: Preview = ask(lambda: preview(line, mapping, _RECORDS))
    except NoAnswer as no:
        return _preview(name, None, no.trouble)
    sees = visitor().sees_personal
    if sees:
        reads.note_source(name, len(came.records), {"page": "preview"})
    return _preview(name, came, None, [_seen(one, sees=sees) for one in came.records])


def discover(name: str) -> ResponseReturnValue:
    """What the system offers to who shows it the connector's credentials; with an operation, its document."""
    row = own_connector(name, retired=True)
    try:
        line = _line(name)
        found: Discovery = ask(lambda: discovered(line, sample=False))
    except NoAnswer as no:
        return _check(name, [], no.trouble)
    at, operations = request.form.get("operation", ""), found.description.operations
    if not at:
        return render_template("console/connectors/operations.html", row=row, found=found, draft=None)
    if not at.isdecimal() or int(at) >= len(operations):
        abort(404)
    version = register().standing(name).version
    text = skeleton(found, operations[int(at)], name, before_of(name))
    return Editing(name, text, version.version).page("yaml", Wrong(), version=version)


def scaffold(name: str) -> ResponseReturnValue:
    """Guess a first mapping, and keep it where there is none yet."""
    row = own_connector(name, retired=True)
    back = redirect(url_for("console.connector", name=name), 303)
    refused = _no_mapping_here(name, row.mapping)
    if refused:
        flash(refused)
        return back
    files = [file for file in request.files.getlist("files") if file.filename]
    try:
        made = _guessed(name, files)
        register().put_mapping(made.text, "mapping.yaml", signed(_("đoán từ bản ghi mẫu")), expected=0)
    except NoAnswer as no:
        flash(" ".join(filter(None, [no.trouble.what, no.trouble.then, no.trouble.technical])))
        return back
    except Invalid as invalid:
        flash(_("Ánh xạ đoán ra chưa dùng được: %(said)s", said="; ".join(map(str, invalid.findings[:3]))))
        return back
    flash(
        _(
            "Đã đoán ánh xạ “%(mapping)s” và giữ làm bản đầu tiên. Hãy xem từng dòng, sửa chỗ sai rồi bấm Đưa vào "
            "dùng; đúng cả rồi thì về trang đầu nối làm bước tiếp theo.",
            mapping=row.mapping,
        )
    )
    try:
        return redirect(url_for("console.edit_mapping", name=row.mapping, connector=name), 303)
    except BuildError:  # nobody has put that page in
        return redirect(url_for("console.connector_preview", name=name), 303)


def _guessed(name: str, files: Sequence[Any]) -> Scaffold:
    found = _found(name)
    settings, target, mapping = found.connection.settings, register().targets[DOSSIER], found.section.mapping
    where = getattr(settings, "records", None)
    if files:
        with kept(files[:1]) as path:
            return ask(lambda: from_file(path, mapping, target, records=_GUESSED_FROM, where=where, settings=settings))
    line = _line(name)
    return ask(lambda: from_connector(line, mapping, target, records=_GUESSED_FROM, where=where))


def _no_mapping_here(name: str, mapping: str) -> str:
    """Why no mapping is made; a department's is called like its connector, so that none takes another's name."""
    refused = ""
    try:
        register().mapping_in_use(mapping)
    except UnknownMapping:
        if visitor().scope.agencies is not None and not mapping.startswith(f"{name}/"):
            refused = _("Tên ánh xạ phải bắt đầu bằng “%(name)s/”; hãy sửa ô Ánh xạ trong tài liệu.", name=name)
    except Invalid:
        refused = _("Ánh xạ “%(mapping)s” đã có nhưng không đọc được; hãy sửa ánh xạ đó.", mapping=mapping)
    else:
        refused = _("Ánh xạ “%(mapping)s” đã có; hãy mở ra để sửa.", mapping=mapping)
    return refused


def _found(name: str) -> Registered:
    """The connector with its settings; nothing that is not theirs to ask is asked."""
    own_connector(name, retired=True)
    try:
        text = register().standing(name).version.text
        wrong = looked_over(name, text)
        if wrong:
            said = [*wrong.above, *(each for found in wrong.errors.values() for each in found)]
            raise NoAnswer(Trouble(_("Tài liệu của đầu nối còn lỗi."), _("Hãy sửa rồi thử lại."), " ".join(said)))
        return register().connector(name)
    except Unregistered:
        abort(404)
    except Invalid as invalid:
        raise NoAnswer(Trouble(_("Tài liệu của đầu nối còn lỗi."), _("Hãy sửa rồi thử lại."), str(invalid))) from None
    except SecretsLocked as locked:
        raise NoAnswer(Trouble(_("Hub không mở được bí mật."), "", str(locked))) from None


def _line(name: str) -> Line:
    found = _found(name)
    return line_to(found.section, found.connection)


def _check(name: str, steps: Sequence[str] | None, trouble: Trouble | None) -> str:
    row = own_connector(name, retired=True)
    return render_template("console/connectors/check.html", row=row, steps=steps, trouble=trouble)


def _preview(name: str, came: Preview | None, trouble: Trouble | None, records: Sequence[Seen] = ()) -> str:
    row = own_connector(name, retired=True)
    return render_template(
        "console/connectors/preview.html",
        row=row,
        came=came,
        records=records,
        trouble=trouble,
        wanted=_RECORDS,
        sees=visitor().sees_personal,
        changed=changed(row, runs.listed(database(), connector=name, limit=1)),
    )


def _seen(one: Shown, *, sees: bool) -> Seen:
    read = None if one.read is None else [Value(*pair) for pair in _values(one.read, sees=sees)]
    key = one.key if sees else shown(("code",), one.key)
    problems = one.problems if sees else [each.partition(":")[0] for each in one.problems]
    return Seen(key, one.changed_at, one.received if sees else None, read, problems, one.quarantined)


def _values(read: Mapping[str, Any], *, sees: bool) -> list[tuple[str, str]]:
    """What a record came to, as its dossier's page will say it; to who does not see personal data, the form of whatever
    could be about somebody.
    """
    return [(name, _value(name, value, sees=sees)) for name, value in _flat(read)]


def _flat(read: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, Any]]:
    for name, value in read.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{above}{name}.")
        else:
            yield f"{above}{name}", value


def _value(name: str, value: Any, *, sees: bool) -> str:
    if isinstance(value, list):
        return values.side(name, value) if sees else ngettext("%(num)s mục", "%(num)s mục", len(value))
    form = str(value) if sees else shown(tuple(name.split(".")), str(value))
    return values.text(name, value) if form == str(value) else form


PAGES = (
    Page("GET", "/connectors/<name>/check", "connector_check", check_page, Right.CONNECT),
    Page("POST", "/connectors/<name>/check", "connector_checked", check, Right.CONNECT),
    Page("GET", "/connectors/<name>/preview", "connector_preview", preview_page, Right.CONNECT),
    Page("POST", "/connectors/<name>/preview", "connector_previewed", look, Right.CONNECT),
    Page("POST", "/connectors/<name>/discover", "connector_discover", discover, Right.CONNECT),
    Page("POST", "/connectors/<name>/mapping", "connector_scaffold", scaffold, Right.CONNECT, largest=LARGEST),
)
