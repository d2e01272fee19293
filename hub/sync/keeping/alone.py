"""Which records of a page stand alone: nobody knows them or their codes, and no other one of the page shares those.

Each is a new dossier by itself, whatever else the page holds, so it needs no desk.
"""

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from hub.record.entities import DOSSIER
from hub.record.identity import Code
from hub.record.merge import Source
from hub.store.laid_out import Known
from hub.sync.work import Reading


class Version(NamedTuple):
    """A version of a record as its page brought it."""

    reading: Reading
    source: Source
    codes: tuple[Code, ...]


def told_apart(versions: Sequence[Version], known: Known) -> tuple[list[Version], list[Version]]:
    """Those that stand alone, and the others."""
    given = Counter(code for version in versions for code in version.codes)
    brought = Counter(version.source.key for version in versions)
    alone: list[Version] = []
    others: list[Version] = []
    for version in versions:
        _, source, codes = version
        is_alone = (
            brought[source.key] == 1
            and source.key not in known.records
            and source.entity == DOSSIER
            and source.name not in known.wrong
            and not any(given[code] > 1 or code in known.by_code for code in codes)
        )
        (alone if is_alone else others).append(version)
    return alone, others
