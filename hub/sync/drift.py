"""How a department's records look, and what has changed about that since it was last accepted.

Only the names of fields and what kind of value they hold are kept, never a value.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeAlias

from connectors.contract import Record
from connectors.errors import Changed
from connectors.shape import shape_of
from connectors.wording import listed

Shape: TypeAlias = dict[
    str, str
]  # path → kinds: text, number|text, text? (not always there), text-7 (gone for so long)

ENOUGH = 20  # records without a field that every one had before: then it is missing, not left out by chance
_ALL = 200  # records of which every one is looked at while a field is amiss
_EVERY = 20  # of the others one in so many is looked at: looking must cost next to nothing
_MOST_PATHS = 300
_MOST_NAMED = 8
_SURE = 3  # texts instead of numbers that are no accident; a list instead of a group is none at first sight
_STRUCTURES = frozenset({"object", "list"})
_ENTRY = re.compile(r"(?P<kinds>[a-z|]*)(?:(?P<optional>\?)|-(?P<gone>\d+))?")


class Policy(StrEnum):
    """What happens when something has changed."""

    GO_ON = "go_on"  # it is taken as it is
    WARN = "warn"  # told, and taken as it is
    STOP = "stop"  # the run ends before it stores such a page, until a person accepts


@dataclass(frozen=True, slots=True)
class OnDrift:
    """The policy for the system's own description, and for the fields of its records."""

    description: Policy = Policy.WARN
    fields: Policy = Policy.WARN


class Look:
    """One run's look at its records. Without a known shape it only learns."""

    def __init__(self, known: Shape | None) -> None:
        self._learns = known is None
        self._known = {path: _Known.read(entry) for path, entry in (known or {}).items()}
        self._unseen = {path for path, one in self._known.items() if one.always}
        self._kinds: dict[str, set[str]] = {}
        self._counts: dict[str, int] = {}
        self._records = self._sampled = 0

    def record(self, record: Record) -> None:
        """See a record that is new or has changed; few are looked at, and what they say is asked of them only then."""
        self._records += 1
        closely = _ALL if self._unseen else ENOUGH
        if self._records <= closely or self._records % _EVERY == 0:
            self._sample(record.value)

    def differences(self) -> list[str]:
        """What has changed, a sentence each."""
        if self._learns:
            return []
        retyped = self._topmost(self._retyped())
        full = len(self._known) >= _MOST_PATHS
        new = [] if full else self._topmost(path for path in self._kinds if path not in self._known)
        missing = self._topmost(self._missing())
        turned = [
            f"{path} ({_said(self._kinds[path])} instead of {_said(self._known[path].kinds)})" for path in retyped
        ]
        below = tuple(f"{path}." for path in retyped)
        found = {
            "its records have fields that they did not have before": [p for p in new if not p.startswith(below)],
            "fields that every record had are missing": [p for p in missing if not p.startswith(below)],
            "fields hold something else than before": turned,
        }
        return [f"{what}: {_some(paths)}" for what, paths in found.items() if paths]

    def accepted(self) -> Shape | None:
        """The shape with what this run saw taken in; None while there is nothing to know."""
        missing = set(self._missing())
        known = {path: one for path, one in self._known.items() if path not in missing}
        for path, kinds in self._kinds.items():
            if path in known or len(known) < _MOST_PATHS:
                known[path] = self._merged(known.get(path), path, kinds)
        for path in self._unseen & known.keys():
            known[path] = _Known(known[path].kinds, gone=known[path].gone + self._sampled)
        return {path: one.written() for path, one in known.items()} or None

    def _sample(self, value: Any) -> None:
        self._sampled += 1
        for path, kind in shape_of(value).items():
            if path not in self._kinds:
                if len(self._kinds) >= _MOST_PATHS:
                    continue
                self._kinds[path] = set()
                self._counts[path] = 0
                self._unseen.discard(path)
            self._counts[path] += 1
            if kind:
                self._kinds[path].add(kind)

    def _retyped(self) -> Iterator[str]:
        for path, kinds in self._kinds.items():
            known = self._known.get(path)
            if known is None or len(known.kinds) != 1 or not kinds or kinds & known.kinds:
                continue
            if (kinds | known.kinds) & _STRUCTURES or self._counts[path] >= _SURE:
                yield path

    def _missing(self) -> Iterator[str]:
        return (path for path in self._unseen if self._known[path].gone + self._sampled >= ENOUGH)

    def _topmost(self, paths: Iterator[str]) -> list[str]:
        """Without the fields that stand inside another one of them: that one says it all."""
        found = set(paths)
        return sorted(path for path in found if not any(above in found for above in _above(path)))

    def _merged(self, known: "_Known | None", path: str, kinds: set[str]) -> "_Known":
        everywhere = self._counts[path] == self._sampled
        if known is None:
            always = everywhere and (self._learns or self._sampled >= ENOUGH)
            return _Known(frozenset(kinds), optional=not always)
        return _Known(known.kinds | kinds, optional=known.optional or not everywhere)


def described_anew(known: str | None, now: str | None) -> str | None:
    """A sentence where the system's own description is not the accepted one any more."""
    if known is None or now is None or known == now:
        return None
    return "the description of its interface (WSDL, OpenAPI) is not the one that was accepted"


def stopped(sentences: Sequence[str], name: str) -> Changed:
    """The end of a run that must not store what nobody has accepted."""
    return Changed(
        "; ".join(sentences),
        code="drift",
        hint=f"See what the mapping makes of it (`hub preview {name}`) and correct it where needed; "
        f"`hub connector accept {name}` then takes the source as it is now.",
    )


@dataclass(frozen=True, slots=True)
class _Known:
    """What is known of one field."""

    kinds: frozenset[str]
    optional: bool = False
    gone: int = 0  # records in a row, over any number of runs, that did not have it though every one had before

    @property
    def always(self) -> bool:
        return not self.optional

    @classmethod
    def read(cls, entry: str) -> "_Known":
        match = _ENTRY.fullmatch(entry)
        if match is None:
            raise ValueError(f"{entry!r} is no entry of a shape")
        kinds = frozenset(filter(None, match["kinds"].split("|")))
        return cls(kinds, optional=match["optional"] is not None, gone=int(match["gone"] or 0))

    def written(self) -> str:
        mark = "?" if self.optional else f"-{self.gone}" if self.gone else ""
        return "|".join(sorted(self.kinds)) + mark


def _above(path: str) -> Iterator[str]:
    while "." in path:
        path = path.rpartition(".")[0]
        yield path


def _said(kinds: "set[str] | frozenset[str]") -> str:
    words = {"object": "a group", "list": "a list", "text": "text", "number": "a number", "boolean": "yes or no"}
    return " or ".join(words[kind] for kind in sorted(kinds))


def _some(paths: Sequence[str]) -> str:
    more = f" and {len(paths) - _MOST_NAMED} more" if len(paths) > _MOST_NAMED else ""
    return listed(paths[:_MOST_NAMED]) + more
