"""What the log of reads tells apart: which data are a person's, and how it speaks of them without repeating them."""

import hmac
import re
from collections.abc import Iterable, Mapping
from typing import Any

from hub.record.grant import Grant, Group, Sight, groups_under
from hub.record.shown import phone_key, words

# Fees say nothing of a person without the rest, officers act for their office. What is masked tells of nobody.
PERSONAL = (Group.NAME, Group.IDENTITY, Group.CONTACT, Group.CONTENT, Group.PAPERS, Group.PROVENANCE)

# Filters whose values name no person: kept as they were asked. Of every other one only traces are kept.
_PLAIN = frozenset(
    {
        *("agency", "procedure", "field", "status", "channel", "connector", "level", "confidentiality", "online_level"),
        *("received_from", "received_to", "due_from", "due_to", "completed_from", "completed_to", "changed_from"),
        *("changed_to", "submitted_from", "submitted_to", "due", "overdue", "near_due", "conflicts", "gone", "stale"),
        *("sort", "order", "limit", "count", "include", "format", "kind", "as_of", "after"),
    }
)
_NUMBER = re.compile(r"[\d\s.+()-]{9,}")  # of a telephone or a paper
_LONGEST, _MOST_WORDS, _TRACE_LETTERS = 200, 12, 24


def personal(grant: Grant) -> tuple[Group, ...]:
    """The groups with data of persons that a grant shows in full."""
    return tuple(group for group in PERSONAL if grant.of(group) is Sight.FULL)


def shown_groups(grant: Grant, fields: Iterable[str] | None = None) -> tuple[Group, ...]:
    """Those of `personal` that are in an answer of these fields (dotted names); None: of all fields."""
    found = personal(grant)
    if fields is None:
        return found
    asked = {group for name in fields for group in groups_under(name)}
    return tuple(group for group in found if group in asked)


def traces(key: bytes, value: object) -> list[str]:
    """Keyed digests of a value that was looked for, of the whole and of each word: whoever has the key can ask who
    looked for a number or a name, and nobody can read it back. A telephone number has one, however it is written."""
    text = str(value)[:_LONGEST]
    if _NUMBER.fullmatch(text):
        return [_trace(key, phone_key(text))]
    found = words(text)[:_MOST_WORDS]
    several = [" ".join(found), *found] if len(found) > 1 else found
    return list(dict.fromkeys(_trace(key, phone_key(word) if word.isdigit() else word) for word in several))


def _trace(key: bytes, word: str) -> str:
    return hmac.digest(key, word.encode("utf-8", "replace"), "sha256").hex()[:_TRACE_LETTERS]


def without_values(asked: Mapping[str, Any], key: bytes) -> dict[str, Any]:
    """A filter as the log keeps it: what may name a person has become its traces."""
    return {name: _plain(value) if name in _PLAIN else {"traces": _all(key, value)} for name, value in asked.items()}


def _all(key: bytes, value: Any) -> list[str]:
    several = value if isinstance(value, list | tuple) else [value]
    return list(dict.fromkeys(trace for one in several[:_MOST_WORDS] for trace in traces(key, one)))


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, bool | int):
        return value
    return [str(one)[:_LONGEST] for one in value][:50] if isinstance(value, list | tuple) else str(value)[:_LONGEST]
