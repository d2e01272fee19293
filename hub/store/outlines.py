"""A dossier's place in a list without what it says: for whoever keeps that already, by its position."""

from functools import lru_cache
from typing import NamedTuple

from sqlalchemy import String, case, cast, func, select

from hub.record.entities import DOSSIER
from hub.store.tables import dossiers, source_records

_STEP = "-"
_TELLER = case((source_records.c.entity == DOSSIER, ""), else_=_STEP) + cast(source_records.c.connector_id, String)
BROUGHT_BY = (
    select(func.aggregate_strings(_TELLER, ",")).where(source_records.c.dossier_id == dossiers.c.id).scalar_subquery()
)


class Outline(NamedTuple):
    """What a list goes by. At one position a dossier says the same for ever (`hub.store.feed`)."""

    id: int
    position: int  # of its last change, in the change feed
    received_on: str
    due_at: str
    ended_at: str
    told_by: str | None  # as `bringers` reads it


COLUMNS = (*(dossiers.c[name] for name in Outline._fields[:-1]), BROUGHT_BY.label(Outline._fields[-1]))


@lru_cache(maxsize=4096)  # most dossiers come from the same few connectors
def bringers(told_by: str | None) -> tuple[int, ...]:
    """The ids of the connectors that a dossier is as fresh as.

    Those that only told steps of it count where nobody brought it: steps come when something happens, not on time.
    """
    told = [one for one in (told_by or "").split(",") if one]
    whole = [one for one in told if not one.startswith(_STEP)]
    return tuple(sorted({int(one.removeprefix(_STEP)) for one in whole or told}))
