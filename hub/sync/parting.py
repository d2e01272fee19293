"""A person undoes a wrong join: a code that a record gives is disowned, or what was disowned is taken back."""

from dataclasses import dataclass
from enum import StrEnum

from hub.record.dossier import Dossier, Name
from hub.record.identity import Code, codes_of, normalise
from hub.record.merge import Source
from hub.record.moments import ZONE, as_text
from hub.record.signature import Signature
from hub.store import connectors, laid_out, parted, put_back
from hub.store.connectors import ConnectorRow
from hub.store.database import Database, Transaction
from hub.store.laid_out import Arrival
from hub.sync.desk import Desk


class What(StrEnum):
    """What a person can do with a code that a record gives."""

    PART = "part"
    REJOIN = "rejoin"


class NotThatCode(LookupError):
    """There is no such record, or nothing of the kind to do with its code; the sentence says what there is."""


class AlreadyParted(NotThatCode):
    """The code was disowned before, so that there is nothing to do; the sentence says since when and by whom."""


@dataclass(frozen=True, slots=True)
class Parted:
    """Where a record stands now, and the other dossiers that this changed, each by the code that it is shown under."""

    code: str
    others: tuple[str, ...]


def part(database: Database, name: Name, code: str, signature: Signature) -> Parted:
    """From now on `code` joins the record to nothing, however often it is brought again; what falls apart parts.

    Raises:
        AlreadyParted: that was done before; nothing is done.
        NotThatCode: there is no such record, or it does not give this code.
    """
    return database.write_again(lambda transaction: _decide(transaction, What.PART, name, code, signature))


def rejoin(database: Database, name: Name, code: str, signature: Signature) -> Parted:
    """The record's code counts again: it joins as if it had never been disowned.

    Raises:
        NotThatCode: there is no such record, or this code of it is not disowned.
    """
    return database.write_again(lambda transaction: _decide(transaction, What.REJOIN, name, code, signature))


def _decide(transaction: Transaction, what: What, name: Name, code: str, signature: Signature) -> Parted:
    laid_out.take_turn(transaction)
    row, source = _record(transaction, name)
    codes = codes_of(source.values, source.scope)
    desk = Desk.laid(transaction, laid_out.known_of(transaction, row.id, [source.key], codes), as_text(signature.at))
    known = laid_out.wrong_codes(transaction).get(name, set())
    if what is What.PART:
        _refuse_twice(transaction, row, source, code, known)
        wrong = _given(source, code, known)
        parted.disown(transaction, row.id, name[1], wrong, signature)
    else:
        wrong = _disowned(name, code, known)
        parted.own(transaction, row.id, name[1], wrong, signature)
    desk.believe(laid_out.wrong_codes(transaction))
    desk.hear(source)
    dossier = desk.dossier(name)
    voice = dossier.voices[name]
    if what is What.PART:
        voice.codes.pop(wrong, None)
    else:
        voice.add_codes([wrong])  # a version of it gave it
    dossier.news = True
    arrival = Arrival(row.id, signature.at, author=signature.author, reason=signature.reason)
    put_back.save_dossiers(transaction, desk.touched(), arrival)
    return Parted(dossier.code, tuple(_codes(desk, dossier)))


def _record(transaction: Transaction, name: Name) -> tuple[ConnectorRow, Source]:
    """A record that is part of a dossier, with all the codes that it gives."""
    connector, key = name
    rows = {row.name: row for row in connectors.all_of(transaction)}
    if connector not in rows:
        raise NotThatCode(f"there is no connector {connector!r}; `hub connector list` shows those that there are")
    source = parted.record(transaction, rows[connector].id, key)
    if source is None:
        raise NotThatCode(
            f"{connector} has no record {key!r} of a dossier; `hub dossier CODE` shows a dossier's records"
        )
    return rows[connector], source


def _refuse_twice(transaction: Transaction, row: ConnectorRow, source: Source, code: str, wrong: set[Code]) -> None:
    for one in wrong:
        if one.value == normalise(code) and (before := parted.signature(transaction, row.id, source.key, one)):
            since = f"{before.at.astimezone(ZONE):%d/%m/%Y %H:%M}, by {before.author} ({before.reason})"
            again = "`hub rejoin` takes it back"
            raise AlreadyParted(
                f"{source.connector} {source.key} is already parted from {one.value}, since {since}; {again}"
            )


def _given(source: Source, code: str, wrong: set[Code]) -> Code:
    known = {one.value for one in wrong}
    given = [one for one in codes_of(source.values, source.scope) if one.value not in known]
    for one in given:
        if one.value == normalise(code):
            return one
    has = ", ".join(one.value for one in given) or "none that is not disowned already"
    raise NotThatCode(f"{source.connector} {source.key} does not give the code {code!r}; it gives: {has}")


def _disowned(name: Name, code: str, wrong: set[Code]) -> Code:
    for one in wrong:
        if one.value == normalise(code):
            return one
    has = ", ".join(sorted(one.value for one in wrong)) or "none"
    raise NotThatCode(f"the code {code!r} of {name[0]} {name[1]} is not disowned; disowned are: {has}")


def _codes(desk: Desk, but: Dossier) -> list[str]:
    return sorted(dossier.code for dossier in desk.touched() if dossier is not but and dossier.changed)
