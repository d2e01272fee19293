"""Changing a mapping in the browser: the draft comes back with every answer, whatever was wrong with it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from difflib import unified_diff
from typing import NamedTuple

from flask import Response, abort, flash, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from hub.console.admin.difference import Difference, difference, is_comparable
from hub.console.database import database
from hub.console.mappings import healing, rights, trying
from hub.console.mappings.pages import in_use
from hub.console.mappings.trying import Outcome
from hub.console.page import Page
from hub.console.register import register
from hub.console.visitor import visitor
from hub.inspection.drafting import Proposal, has_table, knows, line_of, line_of_table, proposed, table_of, with_lines
from hub.record.reasons import is_open
from hub.record.rights import Right
from hub.record.signature import Signature
from hub.store import quarantine, versions
from hub.store.quarantine import GroupRow
from hub.store.registrations import ManagedElsewhere
from hub.store.versions import CONFIG, HUB, Kind, MappingInUse, Outdated, VersionRow
from mappings.engine.text import comparable
from mappings.engine.yaml_source import Invalid

LONGEST = 200_000  # letters of a document
_LARGEST_FORM = 2_000_000  # bytes: three for each byte of a letter that is not ASCII
_LONGEST_REASON = 500
_MOST_WANTING = 30


class Wanting(NamedTuple):
    """One reason of quarantine that the mapping could mend."""

    row: GroupRow
    line: int  # of the field, or of the table that lacks something
    proposal: Proposal | None
    is_asked: bool  # whoever came here came because of it


@dataclass(frozen=True, slots=True)
class Draft:
    """What somebody is writing, and where they came from."""

    name: str
    text: str
    expected: int  # the version that it is a change of; 0: there was none
    reason: str = ""
    connector: str = ""
    group: str = ""


def edit(name: str) -> ResponseReturnValue:
    """The document in use (or an old version of it), to be changed."""
    rights.check_changed(name)
    used = _used(name)
    text = used.text if used else ""
    if "version" in request.args:
        text = _old(name).text
    asked = {key: request.args.get(key, "") for key in ("connector", "group")}
    return _page(Draft(name, text, (used.version or 0) if used else 0, **asked))


def edited(name: str) -> ResponseReturnValue:
    """What a button of the editor asks for."""
    rights.check_changed(name)
    draft, wanted = _sent(name), request.form.get("do", "")
    if len(draft.text) > LONGEST:
        flash(_("Văn bản dài quá %(num)s ký tự.", num=LONGEST))
        return _page(draft, status=422)
    if wanted == "activate":
        return _activated(draft)
    if wanted == "download":
        return _file(name, draft.text, "mapping.yaml")
    if wanted == "patch":
        return _file(name, _patch(name, draft.text), "mapping.diff")
    if wanted == "add":
        return _page(_with_proposals(draft))
    return _page(draft, trying.outcome(name, draft.text, cases=wanted != "lint", preview=wanted == "preview"))


def _sent(name: str) -> Draft:
    form = {key: request.form.get(key, "") for key in ("connector", "group")}
    text = request.form.get("text", "").replace("\r\n", "\n")
    expected = request.form.get("expected", "")
    known = expected.isascii() and expected.isdecimal() and len(expected) < 10
    reason = request.form.get("reason", "").strip()[:_LONGEST_REASON]
    return Draft(name, text, int(expected) if known else -1, reason, **form)


def _activated(draft: Draft) -> ResponseReturnValue:
    """Put it into use, unless something stands in the way; then it is said, and the draft stays."""
    found = trying.read(draft.name, draft.text)
    if found.mapping is None:
        flash(_("Chưa đưa vào dùng: ánh xạ còn lỗi."))
        return _page(draft, Outcome(trying.mistakes(found, draft.text)), status=422)
    if not draft.reason:
        flash(_("Hãy ghi lý do; lý do được giữ trong lịch sử."))
        return _page(draft, status=422)
    signature = Signature(visitor().name, draft.reason, datetime.now(UTC))
    try:
        put = register().put_mapping(draft.text, draft.name, signature, expected=draft.expected)
    except Outdated as outdated:
        return _overtaken(draft, outdated.newest)
    except ManagedElsewhere:
        flash(_("Ánh xạ này theo tệp, như config.yaml: hãy sửa ở tệp."))
        return _page(draft, status=409)
    except Invalid:
        return _page(draft, Outcome(trying.mistakes(trying.read(draft.name, draft.text), draft.text)), status=422)
    return healing.after_put(draft.name, put)


def _overtaken(draft: Draft, newest: int) -> ResponseReturnValue:
    """Somebody else was faster: their change is shown, and this draft is from now on one of their version."""
    theirs = versions.numbered(database(), Kind.MAPPING, draft.name, newest) if newest else None
    ours = versions.numbered(database(), Kind.MAPPING, draft.name, draft.expected) if draft.expected > 0 else None
    change = difference(ours.text if ours else "", theirs.text) if theirs else None
    return _page(replace(draft, expected=newest), theirs=theirs, change=change, status=409)


def _page(
    draft: Draft,
    outcome: Outcome | None = None,
    *,
    theirs: VersionRow | None = None,
    change: Difference | None = None,
    status: int = 200,
) -> ResponseReturnValue:
    wanting = _wanting(draft)
    used = _used(draft.name)
    return render_template(
        "console/mappings/edit.html",
        draft=draft,
        outcome=outcome or Outcome(),
        wanting=wanting,
        addable=[one for one in wanting if one.proposal and has_table(draft.text, one.proposal.table)],
        line=_first_line(wanting, outcome),
        by_file=rights.in_files(draft.name),
        file=register().mapping_file(draft.name),
        theirs=theirs,
        change=change,
        changed=difference(used.text, draft.text) if used and used.text != draft.text else None,
        said=trying.said,
        said_after=trying.said_after,
        said_of_case=trying.said_of_case,
        hidden=trying.differs_in_hidden,
        longest=LONGEST,
    ), status


def _wanting(draft: Draft) -> list[Wanting]:
    """The reasons of quarantine of whoever reads with it, the one that somebody came for first."""
    ids = [row.id for row in rights.own_users(draft.name)]
    found = quarantine.groups(database(), among=ids, exact=False)[:_MOST_WANTING] if ids else []
    made = _each_value_once([_one(draft, row) for row in found if row.group.field])
    asked = next((one.row.group for one in made if one.is_asked), None)
    place = (asked.field, asked.source) if asked else None
    return sorted(made, key=lambda one: (not one.is_asked, place != (one.row.group.field, one.row.group.source)))


def _one(draft: Draft, row: GroupRow) -> Wanting:
    group, table = row.group, table_of(row.group.expected)
    line = (
        line_of_table(draft.text, table) if table and has_table(draft.text, table) else line_of(draft.text, group.field)
    )
    is_asked = (draft.connector, draft.group) == (row.connector, row.code)
    known = is_open(group) and not (table and knows(draft.text, table, group.text or ""))
    value = proposed(group.field, group.source, group.expected, group.text or "", row.records) if known else None
    return Wanting(row, line, value, is_asked)


def _each_value_once(found: list[Wanting]) -> list[Wanting]:
    """A table that knows one spelling knows all of them: one line is proposed, at the reason of most records."""
    asked = sorted(found, key=lambda one: not one.is_asked)
    seen: set[tuple[str, str]] = set()
    once: set[str] = set()
    for one in asked:
        key = (one.proposal.table, comparable(one.proposal.value)) if one.proposal else ("", "")
        if one.proposal and key not in seen:
            seen.add(key)
            once.add(one.row.code)
    return [one if one.row.code in once else one._replace(proposal=None) for one in found]


def _first_line(wanting: Sequence[Wanting], outcome: Outcome | None) -> int:
    """Where the editor opens."""
    if outcome is not None and outcome.mistakes:
        return outcome.mistakes[0].line
    return wanting[0].line if wanting and wanting[0].is_asked else 1


def _with_proposals(draft: Draft) -> Draft:
    wanted = set(request.form.getlist("value"))
    lines = [one.proposal for one in _wanting(draft) if one.proposal and one.proposal.value in wanted]
    return replace(draft, text=with_lines(draft.text, lines))


def _used(name: str) -> MappingInUse | None:
    return in_use(name, CONFIG if rights.in_files(name) else HUB)


def _old(name: str) -> VersionRow:
    text = request.args["version"]
    number = int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else abort(404)
    return versions.numbered(database(), Kind.MAPPING, name, number) or abort(404)


def _patch(name: str, text: str) -> str:
    used = _used(name)
    old = used.text.splitlines() if used else []
    new = text.splitlines()
    if not is_comparable(old, new):
        abort(413)
    return "\n".join([*unified_diff(old, new, f"a/{name}", f"b/{name}", lineterm=""), ""])


def _file(name: str, text: str, ending: str) -> Response:
    answer = Response(text, mimetype="text/plain")
    plain = "".join(letter if letter.isascii() and (letter.isalnum() or letter in "._") else "-" for letter in name)
    answer.headers["Content-Disposition"] = f'attachment; filename="{plain[:80]}.{ending}"'
    return answer


PAGES = (
    Page("GET", "/mappings/<path:name>/edit", "edit_mapping", edit, Right.CONNECT),
    Page("POST", "/mappings/<path:name>/edit", "edited_mapping", edited, Right.CONNECT, largest=_LARGEST_FORM),
)
