"""Learning the words that dossiers hold: it follows the change feed, seconds behind, so that storing costs no more."""

import threading

import structlog

from hub.record.spelling import may_be_mistyped
from hub.store import feed, followers, spellings
from hub.store.database import Database

log = structlog.get_logger()

NAME = "spelling"
_BATCH, _BATCHES = 1000, 300  # dossiers of one transaction, and transactions in a row: the next tick goes on
_MOST_KNOWN = 200_000  # words; the language has some thousand, what is more are slips and foreign ones


class Speller:
    """One of those who may learn; it remembers words that it has seen stored."""

    def __init__(self, database: Database, batch: int = _BATCH, batches: int = _BATCHES) -> None:
        self._database, self._batch, self._batches = database, batch, batches
        self._known: set[str] = set()
        self._latest, self._looked_at = 0, -1  # positions of the feed

    def is_behind(self) -> bool:
        """Whether the feed has moved since this process looked at it to its end."""
        self._latest = feed.latest(self._database)
        return self._latest != self._looked_at

    def learn(self, stopping: threading.Event | None = None) -> int:
        """Take in what changed since the last time, up to a bound; returns how many dossiers that were.

        A process that dies in the midst of it loses nothing: each batch is one transaction with its position.
        """
        taken, latest = 0, self._latest
        for _ in range(self._batches):
            if stopping is not None and stopping.is_set():
                break
            try:
                more = self._learn_next()
            except followers.OtherFollower:
                log.info("spelling_left_to_another")  # two had the same turn: one of them goes on
                break
            taken += more
            if more < self._batch:
                self._looked_at = latest
                break
        return taken

    def _learn_next(self) -> int:
        with self._database.read() as connection:
            before = followers.come_to(connection, NAME)
        texts, upto = spellings.changed_texts(self._database, before, self._batch)
        if not texts:
            return 0
        held = set(" ".join(texts).split())
        new = {word for word in held - self._known if may_be_mistyped(word)}
        with self._database.write() as connection:
            # First its row: who comes second waits here, and has learnt nothing that would have to be undone.
            followers.go_on(connection, NAME, before, upto)
            spellings.learn(connection, new)
        self._remember(new)
        return len(texts)

    def _remember(self, words: set[str]) -> None:
        """Only after the commit."""
        if len(self._known) + len(words) > _MOST_KNOWN:
            self._known.clear()
        self._known |= words
