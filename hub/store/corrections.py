"""What was probably meant by words that nothing holds: words one slip away from them, that dossiers do hold."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from hub.record.spelling import may_be_mistyped
from hub.store.database import Database
from hub.store.newest import Search, texts
from hub.store.spellings import meant

MOST_CORRECTED = 8  # words of a search
_ENOUGH, _MOST = 20, 100  # dossiers that are read to see what they hold: what is in none of them was not meant


def corrections_of(database: Database, search: Search) -> dict[str, list[str]]:
    """Other spellings by word, where these find dossiers of the search; empty where none does.

    Only what these dossiers hold, so that nobody learns words of dossiers that the search's conditions leave out.
    """
    words = [one.word for one in search.words if may_be_mistyped(one.word)][:MOST_CORRECTED]
    near = _near(database, words)
    if not any(near.values()):
        return {}
    unknown = [
        one.word for one in search.words if one.word in near and not texts(database, _alone(search, one.word), 1, 1)
    ]
    for tried in _tries(words, unknown, near):
        if found := _that_find(database, search, tried):
            return found
    return {}


def with_corrections(search: Search, corrections: Mapping[str, Sequence[str]]) -> Search:
    """A search that also finds what was meant."""
    words = [one._replace(others=tuple(corrections.get(one.word, ()))) for one in search.words]
    return replace(search, words=words)


def _near(database: Database, words: Sequence[str]) -> dict[str, list[str]]:
    if not words:
        return {}
    with database.read() as connection:
        return meant(connection, words)


def _alone(search: Search, word: str) -> Search:
    return replace(search, words=[one for one in search.words if one.word == word])


def _tries(
    words: Sequence[str], unknown: Sequence[str], near: Mapping[str, list[str]]
) -> Iterator[dict[str, list[str]]]:
    """Words that none of these dossiers holds were mistyped, all of them; else one of the others, a long one first."""
    if unknown:
        if all(near[word] for word in unknown):
            yield {word: near[word] for word in unknown}
        return
    for word in sorted(words, key=len, reverse=True):
        if near[word]:
            yield {word: near[word]}


def _that_find(database: Database, search: Search, tried: Mapping[str, list[str]]) -> dict[str, list[str]]:
    held: set[str] = set()
    for text in texts(database, with_corrections(search, tried), _ENOUGH, _MOST):
        held.update(text.split())
    found = {word: [other for other in others if other in held] for word, others in tried.items()}
    return {word: others for word, others in found.items() if others}
