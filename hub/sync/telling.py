"""Telling the records of a page apart: which keys are keys, and which of several versions of a record is the newest."""

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from connectors.contract import Page, Record
from connectors.errors import BadRecord

LONGEST = 500  # characters of a key
_KEY = re.compile(rf"[^\x00-\x1f\x7f\ud800-\udfff]{{1,{LONGEST}}}")


def _are_plain(keys: Sequence[str]) -> bool:
    """Whether all of them are keys, as far as shows at a glance: nearly always."""
    text = "".join(keys)
    return text.isprintable() and bool(keys) and all(keys) and len(max(keys, key=len)) <= LONGEST


def is_key(text: str) -> bool:
    """Whether a database can tell records apart by it."""
    return _KEY.fullmatch(text) is not None


def identified(page: Page) -> Page:
    """The page with the records that no database can tell apart set aside: their key is no key."""
    items: list[Record | BadRecord] = [*page.records, *page.bad]
    keys = [item.key for item in items]
    if _are_plain(keys) or all(map(is_key, keys)):
        return page
    records = [record for record in page.records if is_key(record.key)]
    bad = [error for error in page.bad if is_key(error.key)]
    return replace(page, records=records, bad=[*bad, *(_named(item) for item in items if not is_key(item.key))])


def _named(item: Record | BadRecord) -> BadRecord:
    """A record without a key, under a name of its bytes; what else is wrong with it is said first."""
    said = f"{item}; " if isinstance(item, BadRecord) else ""
    return BadRecord(
        f"{said}the key {item.key[:80]!r} identifies nothing",
        key=hashlib.sha256(item.raw).hexdigest(),
        raw=item.raw,
        hint="A key has 1 to 500 characters and no control characters: is `key` in the settings right?",
    )


def versions(records: Sequence[Record]) -> Mapping[str, Sequence[Record]]:
    """By key the newest state of each record, then those that it says are older; what it does not say to be older
    than what comes after it on the page brings nothing."""
    alone = {record.key: (record,) for record in records}
    if len(alone) == len(records):
        return alone
    found: dict[str, list[Record]] = {}
    for record in records:
        found.setdefault(record.key, []).insert(0, record)
    for several in found.values():
        if len(several) > 1 and all(record.changed_at for record in several):
            several.sort(key=moment, reverse=True)
    return found


def moment(record: Record) -> datetime:
    """When it changed, to order versions by; long ago where it does not say."""
    return record.changed_at or datetime.min.replace(tzinfo=UTC)
