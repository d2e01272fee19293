"""An agency with all agencies below it, by every code that the catalogue knows them under."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection

from hub.record.catalogue import Agency, codes_of, find_agency
from hub.record.shown import agency_key
from hub.store.catalogue import AGENCIES, entries


@dataclass(frozen=True, slots=True)
class Below:
    """Who is below whom on a day, by codes as dossiers have them."""

    steps: Mapping[str, frozenset[str]]  # from a code to other codes of the same agency, and to those right below it

    def with_all(self, codes: Iterable[str]) -> frozenset[str]:
        """These agencies with all below them; a code that the catalogue does not know is itself, an empty one nobody.

        Catalogues may go in circles: everybody in one is below everybody.
        """
        found: set[str] = set()
        waiting = [agency_key(code) for code in codes]
        while waiting:
            code = waiting.pop()
            if code and code not in found:
                found.add(code)
                waiting += self.steps.get(code, ())
        return frozenset(found)


def below_on(connection: Connection, day: date) -> Below:
    """What the catalogue says for a day."""
    return below(entries(connection, AGENCIES), day)


def below(agencies: Iterable[Agency], day: date) -> Below:
    """Who is below whom: as the best origin says of each code, and as nobody says where equally good ones disagree.

    A code that has ended, and that no other agency took over, stays where it was last: else what was received under it
    would be below nobody.
    """
    claims: dict[str, list[Agency]] = {}
    for entry in agencies:
        for code, _ in codes_of(entry):
            claims.setdefault(code, []).append(entry)
    holders = {code: holder for code, by in claims.items() if (holder := _holder(by, code, day))}
    held: dict[Agency, set[str]] = {}
    for code, holder in holders.items():
        now = holders.get(holder.code, holder)  # an entry that a newer one of the same agency has replaced
        held.setdefault(now, set()).add(agency_key(code))
    steps: dict[str, set[str]] = {}
    for agency, codes in held.items():
        for code in (*codes, agency_key(agency.parent_code)):
            steps.setdefault(code, set()).update(codes)
    return Below({code: frozenset(others) for code, others in steps.items()})


def _holder(claimed_by: Iterable[Agency], code: str, day: date) -> Agency | None:
    found = find_agency(claimed_by, code, day)
    if found.entry is not None or found.rivals:
        return found.entry
    ended = [(span.last, agency) for agency, span in found.elsewhen if span.last is not None and span.last < day]
    latest = max((last for last, _ in ended), default=None)
    last = dict.fromkeys(agency for end, agency in ended if end == latest)
    return next(iter(last)) if len(last) == 1 else None


def with_all_below(connection: Connection, codes: Iterable[str], day: date) -> frozenset[str]:
    """The codes of these agencies and of all below them on a day."""
    return below_on(connection, day).with_all(codes)
