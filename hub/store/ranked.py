"""A search as a person expects it: who is named exactly so first, then whoever holds the words, then what was meant."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import IntEnum
from typing import Any, NamedTuple

from hub.record.shown import name_key, words
from hub.store.corrections import MOST_CORRECTED, corrections_of, with_corrections
from hub.store.database import Database
from hub.store.dossier_rows import DossierRow
from hub.store.filters import Filter, narrowed
from hub.store.newest import Key, Search, named, newest
from hub.store.scope import Scope
from hub.store.searching import asked
from hub.store.searching import wanted as wanted_words
from hub.store.spellings import MOST_MEANT

_LARGEST_ID = 2**63 - 1  # beyond it databases raise errors instead of finding nothing


class Tier(IntEnum):
    """Why a dossier is found; what comes first is shown first."""

    NAMED = 1  # its owner's name is what was typed
    HOLDING = 2  # it holds the words
    MEANT = 3  # it holds what was probably meant


_TIERS = frozenset(Tier)


class RankedPlace(NamedTuple):
    """Where a search goes on: the last dossier of the page before. As JSON it is the array of its values."""

    tier: Tier
    received_on: str
    id: int
    corrections: Mapping[str, Sequence[str]]  # by what was typed

    @classmethod
    def read(cls, document: object) -> "RankedPlace":
        """The place whose JSON this is.

        Raises:
            ValueError: it is none; one that somebody changed is none, or finds other dossiers that may be seen.
        """
        match document:
            case [int(tier), str(received_on), int(dossier_id), dict(corrections)] if (
                tier in _TIERS
                # True is a number in Python, and none in PostgreSQL
                and dossier_id is not True
                and "\0" not in received_on
                and 0 < dossier_id <= _LARGEST_ID
                and _are_words(corrections)
            ):
                return cls(Tier(tier), received_on, dossier_id, corrections)
        raise ValueError("this is no place in a search")

    @property
    def key(self) -> Key:
        """What the list is ordered by within a tier."""
        return self.received_on, self.id


AFTER_THE_NAMED = RankedPlace(Tier.HOLDING, "9999", _LARGEST_ID, {})  # before every dossier that holds the words


@dataclass(frozen=True, slots=True)
class Ranked:
    """One page of a search."""

    rows: list[DossierRow]
    next: RankedPlace | None = None  # None: there is no more
    corrected: dict[str, list[str]] = field(default_factory=dict)  # what was looked for instead of a word, if it was


def ranked_page(
    database: Database, wanted: Filter, scope: Scope, after: RankedPlace | None = None, limit: int = 50
) -> Ranked:
    """The next dossiers that `wanted.words` finds, newest first within each tier; none is in two tiers.

    Only where nothing holds the words as they were typed, words one slip away from them are looked for.

    Raises:
        ValueError: the words cannot be searched; the sentence is for whoever typed them.
    """
    words, name = wanted_words(asked(wanted.words or "")), name_key(wanted.words or "")
    left = narrowed(database, replace(wanted, words=None, alternatives={}), scope)
    if left is None:
        return Ranked([])
    search = Search(left.all_names, left.all_values, words)
    if after is not None and after.tier is Tier.MEANT:
        return _as_meant(database, search, after.corrections, after, limit)
    found = _as_typed(database, search, name, after, limit)
    if found.rows or after is not None:
        return found
    return _as_meant(database, search, corrections_of(database, search), None, limit)


def _as_typed(database: Database, search: Search, name: str, after: RankedPlace | None, limit: int) -> Ranked:
    beyond = None if after is None else after.key
    if _names_nobody(search):
        if after is None or after.tier is Tier.NAMED:
            first = named(database, _also(search, "name", name), beyond, limit + 1)
            if len(first) > limit:
                return _page(first, limit, Tier.NAMED, {})
            if first:  # whoever typed a whole name has found it: the rest is looked for when it is asked for
                return Ranked(first, AFTER_THE_NAMED)
            beyond = None
        search = _also(search, "name_is_not", name)
    return _page(newest(database, search, beyond, limit + 1), limit, Tier.HOLDING, {})


def _names_nobody(search: Search) -> bool:
    """Whether the filter leaves open who it is: else there is nobody else to be named."""
    return not {"name", "name_is_not"} & set(search.names)


def _also(search: Search, condition: str, value: str) -> Search:
    return replace(search, names=(*search.names, condition), values={**search.values, condition: value})


def _as_meant(
    database: Database,
    search: Search,
    corrections: Mapping[str, Sequence[str]],
    after: RankedPlace | None,
    limit: int,
) -> Ranked:
    if not corrections:
        return Ranked([])
    beyond = None if after is None else after.key
    return _page(
        newest(database, with_corrections(search, corrections), beyond, limit + 1), limit, Tier.MEANT, corrections
    )


def _page(rows: list[DossierRow], limit: int, tier: Tier, corrections: Mapping[str, Sequence[str]]) -> Ranked:
    """One page of what was found, which is one more where there is more; `tier` is that of the page's last dossier."""
    told = {word: list(others) for word, others in corrections.items()}
    if len(rows) <= limit:
        return Ranked(rows, None, told)
    last = rows[limit - 1]
    return Ranked(rows[:limit], RankedPlace(tier, last.received_on, last.id, told), told)


def _are_words(corrections: Mapping[Any, Any]) -> bool:
    """Whether these could be corrections: what stands in a cursor may have been written by anybody."""
    return len(corrections) <= MOST_CORRECTED and all(
        isinstance(others, list) and len(others) <= MOST_MEANT and all(_is_word(one) for one in (word, *others))
        for word, others in corrections.items()
    )


def _is_word(text: object) -> bool:
    return isinstance(text, str) and words(text) == [text]
