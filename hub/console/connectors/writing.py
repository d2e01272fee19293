"""Putting a connector's document into the register for who asks: what is theirs to say, and what is wrong in it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, cast

from flask import current_app
from flask_babel import gettext as _

from hub.console.connectors import about, words
from hub.console.connectors.form import Path
from hub.console.database import database
from hub.console.register import register
from hub.console.visitor import own, own_names, visitor
from hub.inspection.permitted import NotYours, Writer, refusals
from hub.record.signature import Signature
from hub.store import connectors, drafts
from hub.store.registrations import ManagedElsewhere, Put, Unregistered
from hub.store.secrets import SecretsLocked
from hub.store.versions import Outdated
from mappings.engine.yaml_source import Finding, Invalid, Source, parse

FILE = "connector.yaml"  # how a document is called in findings
_RESERVED = frozenset({"new"})  # an address of the console's own


@dataclass(frozen=True, slots=True)
class Wrong:
    """What is wrong with a document: beside the fields where it has some, else at the top."""

    errors: Mapping[Path, Sequence[str]] = field(default_factory=dict)
    above: Sequence[str] = ()

    def __bool__(self) -> bool:
        return bool(self.errors or self.above)


@dataclass(frozen=True, slots=True)
class Written:
    """What came of a document."""

    wrong: Wrong
    put: Put | None = None


def writer() -> Writer:
    """Whoever asks, as one who writes documents. Names of drafts are theirs, too."""
    who = visitor()
    names = own_names() or []
    mine = [draft.name for draft in drafts.listed(database(), who.name)]
    return Writer(who.scope.agencies, frozenset([*names, *mine]), _strange(), local_systems())


def _strange() -> frozenset[str]:
    """The connectors that are not theirs who asks, and the mappings that none of theirs reads with."""
    every = connectors.listed(database(), retired=True)
    theirs = {row.id: row for row in own(every)}
    others = [row for row in every if row.id not in theirs]
    mapped = {row.mapping for row in others} - {row.mapping for row in theirs.values()}
    return frozenset([*(row.name for row in others), *mapped])


def local_systems() -> Sequence[str]:
    """Hosts of the hub's machine that may be asked."""
    return cast("Sequence[str]", current_app.extensions["hub.local_systems"])


def signed(reason: str) -> Signature:
    """Whoever asks, and why."""
    return Signature(visitor().name, reason.replace("\0", "").strip()[:500], datetime.now(UTC))


def before_of(name: str) -> dict[str, Any]:
    """The data of the document in use; empty where there is none."""
    try:
        data = parse(register().standing(name).version.text, FILE).data
    except (Unregistered, Invalid):
        return {}
    return data if isinstance(data, dict) else {}


def write(name: str, text: str, reason: str, expected: int | None) -> Written:
    """Put the document of the connector `name` into use, or say what is wrong; nothing is half done."""
    wrong = looked_over(name, text)
    if wrong:
        return Written(wrong)
    try:
        return Written(Wrong(), register().put_text(name, text, FILE, signed(reason), expected=expected))
    except Invalid as invalid:
        return Written(wrong_of(parse(text, FILE), invalid.findings))
    except Outdated:
        return Written(Wrong(above=(_("Có người vừa thay đổi đầu nối này. Hãy mở lại trang để xem bản mới nhất."),)))
    except ManagedElsewhere:
        return Written(Wrong(above=(_("Đầu nối này khai báo trong config.yaml và chỉ sửa được ở đó."),)))


def looked_over(name: str, text: str) -> Wrong:
    """What is wrong with a document before it is put."""
    try:
        written = parse(text, FILE)
    except Invalid as invalid:
        return Wrong(above=[str(each) for each in invalid.findings])
    data = written.data
    if not isinstance(data, dict):
        return Wrong(above=(_("Tài liệu phải gồm các dòng “khóa: giá trị”."),))
    if name in _RESERVED:
        return Wrong(above=(_("Tên “%(name)s” dành cho trang của hub; hãy chọn tên khác.", name=name),))
    try:
        settings = register().read(text, FILE).connection.settings
    except Invalid as invalid:
        return together(refused(refusals(writer(), data, None, before_of(name))), wrong_of(written, invalid.findings))
    except SecretsLocked as locked:
        return Wrong(above=(str(locked),))
    return refused(refusals(writer(), data, settings, before_of(name)))


def refused(found: Sequence[NotYours]) -> Wrong:
    """What is not theirs to say, in words."""
    errors: dict[Path, list[str]] = {}
    for one in found:
        errors.setdefault(one.place, []).append(words.refusal(one))
    return Wrong(errors)


def together(*several: Wrong) -> Wrong:
    """All that is wrong."""
    errors: dict[Path, list[str]] = {}
    for one in several:
        for path, sentences in one.errors.items():
            errors.setdefault(path, []).extend(sentences)
    return Wrong(errors, [sentence for one in several for sentence in one.above])


def wrong_of(written: Source, findings: Sequence[Finding]) -> Wrong:
    """Findings by the place in the document that they speak of."""
    places = {position: loc for loc, position in written.values.items()}
    places |= {position: loc for loc, position in written.keys.items() if position not in places}
    errors: dict[Path, list[str]] = {}
    for finding in findings:
        loc = tuple(map(str, places.get((finding.line, finding.column), ())))
        path = (*loc, finding.missing) if finding.missing else loc
        said = f"{finding.what}; {finding.right}" if finding.right else finding.what
        errors.setdefault(path, []).append(about.said(said))
    return Wrong(errors)
