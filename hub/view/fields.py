"""`fields=`: which values of a dossier are asked for, by dotted names. It narrows what is shown and never widens it."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from connectors.wording import did_you_mean, listed
from hub.record.fields import DOSSIER_FIELDS, LIST_FIELDS, OPEN_PREFIX
from hub.record.grant import Grant, Sight
from hub.view.masking import EXTRA, GROUPS, LISTS

# What every item has, whatever is asked for.
ALWAYS: Final = (
    *("id", "code", "status", "due", "as_of", "source_seen_at", "stale"),
    *("changed_at", "position", "gone_at"),
)
_COLUMNS = tuple(f"{name}.{column}" for name, columns in LIST_FIELDS.items() if name != "events" for column in columns)
_KNOWN = dict.fromkeys((*ALWAYS, *DOSSIER_FIELDS, *GROUPS, *LISTS, EXTRA, *_COLUMNS, *LIST_FIELDS))
_KNOWN.pop("events")
_MOST = 200  # names of one selection: above the number of all


class NotSeen(Exception):
    """What is asked for is not shown to this client; the sentence says what, and what opens it."""


@dataclass(frozen=True, slots=True)
class Fields:
    """A selection; `code` and `status` are always in it."""

    names: frozenset[str]


def parse_fields(text: str, grant: Grant) -> Fields:
    """The selection that a text like `code,applicant.name,fees` is.

    Raises:
        NotSeen: a field that the grant hides.
        ValueError: a field that there is not; the sentence names every one.
    """
    fields = _parsed(text)
    hidden = sorted(name for name in fields.names if _is_hidden(name, grant))
    if hidden:
        raise NotSeen(f"this client is not shown {listed(hidden)}; leave them out, or ask the hub's keeper for them")
    return fields


@lru_cache(maxsize=512)
def _parsed(text: str) -> Fields:
    names = [name.strip() for name in text.split(",")]
    if len(names) > _MOST:
        raise ValueError(f"`fields` names {len(names)} fields; there are not so many")
    unknown = [name for name in names if name not in _KNOWN and not _is_fact(name)]
    if unknown:
        known = [name for name in _KNOWN if "." not in name or name.partition(".")[0] == unknown[0].partition(".")[0]]
        raise ValueError(f"`fields` names what there is not: {listed(unknown)}. {did_you_mean(unknown[0], known)}")
    return Fields(frozenset((*names, "code", "status")))


def _is_fact(name: str) -> bool:
    return name.startswith(OPEN_PREFIX) and len(name) > len(OPEN_PREFIX)


def _is_hidden(name: str, grant: Grant) -> bool:
    if name in GROUPS:  # of a group what is shown of it is meant
        return False
    first = name.partition(".")[0]
    hidden_list = first in LISTS and grant.sight(first) is Sight.HIDDEN
    return hidden_list or grant.sight(name) is Sight.HIDDEN
