"""Takes records out of files that somebody puts into a folder, and moves each file away once it is stored."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import replace
from datetime import datetime
from fnmatch import fnmatchcase
from functools import partial
from time import time

from connectors import contract
from connectors.contract import Bookmark, Connector, Description, Page, Record, Retry
from connectors.errors import BadRecord, Changed, Unavailable
from connectors.files.archive import Archive
from connectors.files.content import first_record, kind, parts
from connectors.files.description import described, nothing
from connectors.files.folder import Entry, Folder, LocalFolder
from connectors.files.progress import Failed, Halfway, Progress
from connectors.files.settings import FilesSettings
from connectors.files.trouble import BadFile, Incomplete
from connectors.files.waiting import Waiting
from connectors.scrub import without_secrets
from connectors.wording import quoted

# What programs write while a file is not complete yet, or leave lying beside it.
_NOT_MEANT = (".tmp", ".temp", ".part", ".partial", ".filepart", ".crdownload", ".bak", "~", ".lnk")
_NEVER = ("desktop.ini", "thumbs.db")
_PATIENCE_SECONDS = 3600.0  # a file without its end is given so long before it counts as damaged
_MOST_TOLD = 3
_MOST_REMEMBERED = 1000  # files that wait; the others are looked at anew


@contextmanager
def open_files(settings: FilesSettings, retry: Retry, clock: Callable[[], float] = time) -> Iterator[Connector]:
    """A line to the folder; nothing is touched before `check` or `pull`."""
    folder = LocalFolder(settings.folder) if settings.folder else _sftp(settings)
    with closing(folder):
        kind = SpanningFiles if settings.changed_at is not None else FilesConnector
        yield kind(settings, folder, retry, clock)


def _sftp(settings: FilesSettings) -> Folder:
    from connectors.files.sftp import SftpFolder  # noqa: PLC0415  (paramiko is 10 MiB, which a folder here does not need)

    if settings.sftp is None:
        raise ValueError("neither `folder` nor `sftp`")
    return SftpFolder(settings.sftp)


class FilesConnector:
    """One folder that a unit puts files into."""

    def __init__(self, settings: FilesSettings, folder: Folder, retry: Retry, clock: Callable[[], float]) -> None:
        self._settings, self._folder, self._retry, self._clock = settings, folder, retry, clock
        self._archive = Archive(folder, settings)
        self._moved: set[tuple[str, int, int]] = set()  # in this pull
        self._warnings: list[contract.Warning] = []
        self._waiting = Waiting(settings.settle_seconds)

    def check(self) -> Iterator[str]:
        with without_secrets(self._settings):
            listed = self._folder.entries()
            yield f"reached {self._folder.place} and listed it"
            self._archive.prove()
            yield f"may move files to `{self._settings.processed}` and `{self._settings.failed}` in it"
            found = self._meant(listed)
            yield self._said_of(found)
            if aside := self._archive.count_set_aside():
                yield f"in `{self._settings.failed}` lie {aside} that could not be read, each with a note on why"
            if found:
                yield self._said_of_first(found[0])
            if waiting := self._said_of_fresh(found):
                yield waiting

    def pull(self, since: Bookmark | None) -> Iterator[Page]:
        with without_secrets(self._settings):
            before = Progress.read(since)
            self._finish(before)
            self._moved.clear()
            progress, said = Progress(halfway=before.halfway), since
            self._waiting = Waiting(self._settings.settle_seconds)
            for entry in self._meant(self._retry(self._folder.entries)):
                for page in self._take(entry, before, progress):
                    yield page
                    said = page.bookmark
            self._warnings = self._said_of_failed(progress)
            self._forget_moved(progress)
            if (last := progress.write()) != said:
                yield _page_of_nothing(last)

    def discover(self) -> Description:
        with without_secrets(self._settings):
            place, found = self._folder.place, self._meant(self._folder.entries())
            if not found:
                return nothing(place, self._said_of(found))
            style, first = self._look_into(found[0])
            return described(place, style, first) if isinstance(first, Record) else nothing(place, style)

    def warnings(self) -> Sequence[contract.Warning]:
        """The files that could not be read stay somebody's business for as long as they lie there."""
        return self._warnings

    def waiting(self) -> str:
        """The files that were there and not taken yet."""
        return self._waiting.said(self._clock())

    def stored(self, bookmark: Bookmark) -> None:
        """The hub has stored the page with this bookmark: what it says is done with can be moved away."""
        with without_secrets(self._settings):
            self._finish(Progress.read(bookmark))

    def _finish(self, progress: Progress) -> None:
        """Move away what is stored, also where the hub was killed before it could."""
        for entry in progress.taken:
            if entry.identity not in self._moved:
                self._retry(partial(self._archive.keep, entry))
                self._moved.add(entry.identity)
        for failed in progress.failed:
            if failed.entry.identity not in self._moved:
                self._retry(partial(self._archive.set_aside, failed))
                self._moved.add(failed.entry.identity)

    def _forget_moved(self, progress: Progress) -> None:
        """Or the same file, put back later, would be taken for one that is stored."""
        progress.taken = [entry for entry in progress.taken if entry.identity not in self._moved]
        progress.failed = [each for each in progress.failed if each.entry.identity not in self._moved]

    def _said_of_failed(self, progress: Progress) -> list[contract.Warning]:
        """What lies aside, with the reasons that this pull has found."""
        here = [each for each in progress.failed if each.entry.identity not in self._moved]
        lying = len(here) + self._retry(self._archive.count_set_aside)
        if not lying:
            return []
        reasons = "; ".join(each.sentence for each in progress.failed[:_MOST_TOLD])
        place = f"`{self._settings.failed}` in {self._folder.place}"
        files = "file that cannot be read lies" if lying == 1 else "files that cannot be read lie"
        sentence = f"{lying} {files} in {place}, with a note on why"
        return [contract.Warning("bad_file", f"{sentence}: {reasons}" if reasons else sentence)]

    def _meant(self, listed: list[Entry]) -> list[Entry]:
        """The files to take, oldest first: those of the pattern that are complete by their name or marker."""
        names = {entry.name for entry in listed}
        marker = self._settings.marker
        found = [
            entry for entry in listed if self._matches(entry.name) and (marker is None or entry.name + marker in names)
        ]
        return sorted(found, key=lambda entry: (entry.stamp, entry.name))

    def _matches(self, name: str) -> bool:
        low, marker = name.lower(), self._settings.marker
        if low.startswith((".", "~$")) or low.endswith(_NOT_MEANT) or low in _NEVER:
            return False
        return fnmatchcase(low, self._settings.pattern.lower()) and not (marker and name.endswith(marker))

    def _take(self, entry: Entry, before: Progress, progress: Progress) -> Iterator[Page]:
        """The pages of one file; nothing where it has to wait."""
        known = before.seen.get(entry.name)
        since = known[1] if known and entry.is_same(known[0]) else self._clock()
        if not self._settled(entry, since):
            self._waiting.fresh.append(entry)
            return self._wait(entry, since, progress)
        try:
            yield from self._read(entry, progress)
        except Incomplete as trouble:
            if self._settings.marker is None and self._age(entry, since) < self._patience:
                self._waiting.unended.append(entry)
                return self._wait(entry, since, progress)
            yield self._set_aside(entry, trouble, progress)
        except BadFile as trouble:
            yield self._set_aside(entry, trouble, progress)

    def _read(self, entry: Entry, progress: Progress) -> Iterator[Page]:
        settings = self._settings
        if entry.size > settings.max_file_bytes:
            raise _too_large(entry, settings.max_file_bytes)
        body = self._retry(partial(self._folder.fetch, entry))
        if body is None:
            return  # still written, or gone: the next run looks again
        with closing(body):
            stored = progress.parts_of(entry, settings.page_size)
            for number, part in enumerate(parts(body, entry.shown, settings, stored), start=stored + 1):
                progress.halfway = None if part.is_last else Halfway(entry, number, settings.page_size)
                if part.is_last:
                    progress.taken.append(entry)
                yield Page(part.payload, part.media_type, part.records, progress.write(), part.bad)

    def _settled(self, entry: Entry, since: float) -> bool:
        return self._settings.marker is not None or self._age(entry, since) >= self._settings.settle_seconds

    def _age(self, entry: Entry, since: float) -> float:
        """For how long it has certainly not changed: another machine's clock proves nothing, two looks do."""
        now = self._clock()
        return max(now - since, 0.0 if entry.touched is None else now - entry.touched)

    @property
    def _patience(self) -> float:
        return max(_PATIENCE_SECONDS, self._settings.settle_seconds)

    def _wait(self, entry: Entry, since: float, progress: Progress) -> None:
        if len(progress.seen) < _MOST_REMEMBERED:
            progress.seen[entry.name] = (entry, since)

    def _set_aside(self, entry: Entry, trouble: BadFile, progress: Progress) -> Page:
        progress.failed.append(Failed(entry, trouble.sentence, trouble.advice))
        progress.halfway = None
        return _page_of_nothing(progress.write())

    def _said_of_fresh(self, found: list[Entry]) -> str:
        now = self._clock()
        fresh = [entry for entry in found if not self._settled(entry, now)]
        return Waiting(self._settings.settle_seconds, fresh).said(now)

    def _said_of(self, found: list[Entry]) -> str:
        pattern = quoted(self._settings.pattern)
        if not found:
            return f"no file matches {pattern} just now"
        return f"1 file matches {pattern}" if len(found) == 1 else f"{len(found)} files match {pattern}"

    def _said_of_first(self, entry: Entry) -> str:
        style, first = self._look_into(entry)
        if isinstance(first, BadRecord):
            raise first
        if first is None:
            return f"“{entry.shown}” was not read: {style}"
        return f"“{entry.shown}” can be read ({style}), and its first record has the key and form that the settings say"

    def _look_into(self, entry: Entry) -> tuple[str, Record | BadRecord | None]:
        """What the file is, and its first record; or why there is none."""
        body = self._folder.fetch(entry) if entry.size <= self._settings.max_file_bytes else None
        if body is None:
            return "it is being written, or larger than `max_file_bytes`", None
        try:
            with closing(body):
                first = first_record(body, entry.shown, self._settings)
                return (kind(body, entry.shown, self._settings) if first else "it has no record in it"), first
        except BadFile as trouble:
            raise Changed(trouble.sentence, code="bad_file", hint=trouble.advice) from None


class SpanningFiles(FilesConnector):
    """A folder whose records say when they changed, so that a period can be read again from the files that were read.

    Only then: an old file would otherwise say again, and as news, what newer ones have changed since.
    """

    def pull_period(self, start: datetime, end: datetime) -> Iterator[Page]:
        with without_secrets(self._settings):
            for entry in sorted(filter(self._is_meant, self._read_before()), key=lambda one: (one.stamp, one.name)):
                for page in self._again(entry):
                    records = [one for one in page.records if one.changed_at and start <= one.changed_at < end]
                    if records:
                        yield replace(page, records=records)

    def spans_cheaply(self) -> bool:
        return False

    def _read_before(self) -> list[Entry]:
        try:
            return self._retry(partial(self._folder.entries, self._settings.processed))
        except Unavailable as error:
            if error.code == "no_folder" and self._retry(self._folder.entries) is not None:
                return []  # no file was read yet
            raise

    def _is_meant(self, entry: Entry) -> bool:
        return self._matches(entry.name) and entry.size <= self._settings.max_file_bytes

    def _again(self, entry: Entry) -> Iterator[Page]:
        """What a file that was read once holds; what cannot be read of it was told then."""
        body = self._retry(partial(self._folder.fetch, entry, self._settings.processed))
        if body is None:
            return
        with closing(body), suppress(BadFile):
            for part in parts(body, entry.shown, self._settings):
                yield Page(part.payload, part.media_type, part.records, None)


def _page_of_nothing(bookmark: Bookmark) -> Page:
    return Page(b"", "application/octet-stream", (), bookmark)


def _too_large(entry: Entry, limit: int) -> BadFile:
    return BadFile(
        f"“{entry.shown}” has {entry.size:,} bytes, more than the {limit:,} of `max_file_bytes`",
        "Tệp quá lớn. Hãy chia thành nhiều tệp rồi chép lại vào thư mục.",
    )
