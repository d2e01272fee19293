"""The codes of agencies and procedures that the records of a run name: each is written once a run."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from hub.record.entities import AGENCY, PROCEDURE
from hub.record.identity import LONGEST, normalise
from hub.record.merge import Values
from hub.store.codes_seen import Seen

# A mapping that takes a dossier's number for its procedure's would fill the catalogue keeper's list without end.
_MOST = 10_000


@dataclass(slots=True)
class Noticed:
    """What one run has named until now, as the source writes it."""

    _stored: dict[str, set[str]] = field(default_factory=lambda: {AGENCY: set(), PROCEDURE: set()})
    _news: set[Seen] = field(default_factory=set)
    _page: object = None

    def news(self, page: object, records: Sequence[Values]) -> dict[Seen, str | None]:
        """The codes that are still to be written, each with the source's name for it.

        `page` tells the records of one page from those of the next. A page that is kept once more, because its
        transaction was rolled back, names the same again; when the next one comes, it has been stored.
        """
        if page is not self._page:
            for kind, code in self._news:
                self._stored[kind].add(code)
            self._page = page
        fresh = {(kind, code): name for kind in self._stored for code, name in self._fresh(kind, records)}
        self._news = {Seen(kind, code) for kind, code in fresh}
        return {Seen(kind, normalise(code)): name for (kind, code), name in fresh.items()}

    def _fresh(self, kind: str, records: Sequence[Values]) -> Iterator[tuple[str, str | None]]:
        stored = self._stored[kind]
        groups = [group for values in records if (group := values.get(kind))]
        fresh = {code for group in groups if (code := group.get("code"))} - stored
        if not fresh or len(stored) >= _MOST:  # the first nearly always
            return
        for group in groups:
            if (code := group.get("code")) in fresh and len(code) <= LONGEST:
                yield code, group.get("name")
