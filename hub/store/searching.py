"""Which dossiers hold the words that somebody typed: conditions that mean the same on both databases.

A word is there where the search text has it between its spaces; the indexes only say where to look. What somebody
typed never becomes syntax: words have letters and digits alone, each is quoted, and all are bound values.
"""

from collections.abc import Collection, Mapping, Sequence
from types import MappingProxyType
from typing import Any, NamedTuple, TypeAlias

from sqlalchemy import ColumnElement, Integer, Text, and_, bindparam, cast, column, func, literal_column, or_, select
from sqlalchemy import table as named_table
from sqlalchemy.dialects.postgresql import TSQUERY

from hub.record.shown import words as words_of
from hub.store.tables import dossiers

Shape: TypeAlias = tuple[int, ...]  # for each word, in how many ways it may be there

MOST_LETTERS = 500  # of what is typed

AS_TYPED: Mapping[str, Sequence[str]] = MappingProxyType({})
_NOTHING_TO_FIND = "a search wants a word or a number: there is neither a letter nor a digit in this one"
_TOO_LONG = f"a search has at most {MOST_LETTERS} letters: leave words out, a few are enough"
_BOUND_LATER: Mapping[str, str] = MappingProxyType({})
_NOWHERE: ColumnElement[int] = literal_column("0")
_SPACE: ColumnElement[str] = literal_column("' '")
_WORDS = func.array_to_tsvector(func.string_to_array(dossiers.c.search, _SPACE))  # the index's own: `tables.WORDS`
_FTS = named_table("dossier_words", column("rowid", Integer), column("dossier_words", Text))
_SHORT, _SHORT_NUMBER = 2, 3  # letters: as the beginning of a word each of these is in most dossiers


class Word(NamedTuple):
    """One word that a dossier must hold."""

    word: str
    others: Sequence[str] = ()  # other ways to write it, whole
    may_go_on: bool = False  # it may be the beginning of a word

    @property
    def is_short(self) -> bool:
        """Whether an index would list a good part of all dossiers for it."""
        few = _SHORT_NUMBER if _has_digit(self.word) else _SHORT
        return self.may_go_on and not self.others and len(self.word) <= few

    @property
    def ways(self) -> tuple[str, ...]:
        """The texts of which one must be in the search text, spaces before and after all of it counted."""
        return (f" {self.word}" if self.may_go_on else f" {self.word} ", *(f" {other} " for other in self.others))


class Sought(NamedTuple):
    """How an index is asked: `said` in its own language, and what is only looked for in what it finds."""

    said: str | None  # None: no index knows these words
    rest: Sequence[Word]


def asked(typed: str) -> list[str]:
    """The words of what was typed, each once, in their order, as dossiers have them.

    Raises:
        ValueError: there is no word in it, or it is too long; the sentence is for whoever typed it.
    """
    if len(typed) > MOST_LETTERS:
        raise ValueError(_TOO_LONG)
    found = words_of(typed)
    if not found:
        raise ValueError(_NOTHING_TO_FIND)
    return [*dict.fromkeys(word for word in found if word != found[-1]), found[-1]]


def wanted(words: Sequence[str], alternatives: Mapping[str, Sequence[str]] = AS_TYPED) -> list[Word]:
    """These words (of `asked`). The last, and each with a digit in it, may be the beginning of one.

    Raises:
        ValueError: there is no word.
    """
    if not words:
        raise ValueError(_NOTHING_TO_FIND)
    return [Word(word, tuple(alternatives.get(word, ())), word == words[-1] or _has_digit(word)) for word in words]


def matching(
    dialect: str, words: Sequence[str], alternatives: Mapping[str, Sequence[str]] = AS_TYPED
) -> ColumnElement[bool]:
    """The condition on `dossiers` that every one of these words (of `asked`) is there, sought by an index.

    The last word, and each with a digit in it, may be the beginning of one. `alternatives` are other spellings: a word
    that has some is there where it is there itself, or one of them.

    Raises:
        ValueError: there is no word.
    """
    sought = how_to_seek(dialect, wanted(words, alternatives))
    values = {**values_of(sought.rest), **({} if sought.said is None else {"said": sought.said})}
    return seeking(dialect, shape(sought.rest), by_index=sought.said is not None, values=values)


def how_to_seek(dialect: str, every: Sequence[Word], common: Collection[str] | None = None) -> Sought:
    """What of these words an index is asked for.

    `common` are words that very many dossiers hold, with what they may be the beginning of: PostgreSQL's index would
    have to list them all, so they are only looked for in what the others find. Who does not know them leaves it to
    their length.
    """
    if dialect != "postgresql":
        # FTS5 ends words at some letters: so it is asked for ASCII alone, and each row that it finds is looked at.
        plain = [one for one in every if all(way.isascii() for way in one.ways)]
        return Sought(" AND ".join(_said(one, '"', " *", " OR ") for one in plain) or None, every)
    few = [one for one in every if not (one.is_short if common is None else one.word in common)]
    few = few or [max(every, key=lambda one: len(one.word))]
    return Sought(" & ".join(_said(one, "'", ":*", " | ") for one in few), [one for one in every if one not in few])


def seeking(
    dialect: str, rest: Shape, *, by_index: bool, values: Mapping[str, str] = _BOUND_LATER
) -> ColumnElement[bool]:
    """The condition that an index finds the words of `said`, and that the rest is there."""
    held = holding(dialect, rest, values=values)
    if not by_index:
        return and_(*held)
    said = _parameter("said", values)
    if dialect == "postgresql":
        return and_(_WORDS.op("@@", is_comparison=True)(cast(said, TSQUERY)), *held)
    return and_(dossiers.c.id.in_(select(_FTS.c.rowid).where(_FTS.c.dossier_words.match(said))), *held)


def holding(
    dialect: str,
    ways: Shape,
    search: ColumnElement[Any] = dossiers.c.search,
    values: Mapping[str, str] = _BOUND_LATER,
) -> Sequence[ColumnElement[bool]]:
    """For each word the condition that it is in the search text of a row; its parameters are those of `values_of`."""
    found = func.strpos if dialect == "postgresql" else func.instr
    spaced = _SPACE.concat(search).concat(_SPACE)
    return [
        or_(*(found(spaced, _parameter(_bound(at, way), values)) > _NOWHERE for way in range(number)))
        for at, number in enumerate(ways)
    ]


def shape(words: Sequence[Word]) -> Shape:
    """What the conditions of `holding` and `seeking` depend on."""
    return tuple(len(one.ways) for one in words)


def values_of(words: Sequence[Word]) -> dict[str, str]:
    """What their parameters are bound to, but for `said`."""
    return {_bound(at, way): text for at, one in enumerate(words) for way, text in enumerate(one.ways)}


def _parameter(name: str, values: Mapping[str, str]) -> ColumnElement[str]:
    return bindparam(name, values[name], Text) if name in values else bindparam(name, type_=Text)


def _bound(word: int, way: int) -> str:
    return f"word_{word}_{way}"


def _said(one: Word, quote: str, going_on: str, either: str) -> str:
    first = f"{quote}{one.word}{quote}{going_on if one.may_go_on else ''}"
    return f"({either.join([first, *(f'{quote}{other}{quote}' for other in one.others)])})" if one.others else first


def _has_digit(word: str) -> bool:
    return any(letter.isdigit() for letter in word)
