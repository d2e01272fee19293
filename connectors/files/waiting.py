"""The files that a pull left in their folder for a later one, and why."""

from dataclasses import dataclass, field

from connectors.files.folder import Entry


@dataclass(slots=True)
class Waiting:
    """What waits, of one pull or of a look at the folder."""

    settle_seconds: float
    fresh: list[Entry] = field(default_factory=list)  # changed too short a time ago
    unended: list[Entry] = field(default_factory=list)  # without the end that such a file has

    def said(self, now: float) -> str:
        """Why the files wait, as a sentence without its full stop; empty where none does. `now` in seconds."""
        return "; ".join(filter(None, (self._of_fresh(now), self._of_unended())))

    def _of_fresh(self, now: float) -> str:
        settle = f"`settle_seconds` is {self.settle_seconds:g}"
        touched = [entry.touched for entry in self.fresh if entry.touched is not None]
        if not self.fresh:
            return ""
        if len(touched) < len(self.fresh):
            return f"{_files(self.fresh)} until a later run finds it unchanged: {settle}"
        ago = max(0, round(now - max(touched)))
        last = "" if len(self.fresh) == 1 else "the last one "
        return f"{_files(self.fresh)}: {last}changed {ago:,} s ago, {settle}"

    def _of_unended(self) -> str:
        return f"{_files(self.unended)}: its end is not there, so it may still be on the way" if self.unended else ""


def _files(entries: list[Entry]) -> str:
    return f"1 file waits (“{entries[0].shown}”)" if len(entries) == 1 else f"{len(entries):,} files wait"
