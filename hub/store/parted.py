"""Codes that persons disowned: what a record gives, but what joins it to nothing."""

from typing import Any

from sqlalchemy import Connection, delete, insert, select

from hub.record.identity import Code
from hub.record.merge import Source
from hub.record.signature import Signature
from hub.store import acts
from hub.store.acts import Act, Kind
from hub.store.laid_out import SOURCES, source_of
from hub.store.put_back import drop_code
from hub.store.tables import connectors, disowned, source_records


def record(connection: Connection, connector_id: int, key: str) -> Source | None:
    """What a record of a dossier says, its disowned codes too; None where there is none."""
    mine = (source_records.c.connector_id == connector_id) & (source_records.c.key == key)
    row = connection.execute(SOURCES.where(mine, source_records.c.dossier_id.is_not(None))).first()
    return None if row is None else source_of(row)


def disown(connection: Connection, connector_id: int, key: str, code: Code, signature: Signature) -> None:
    """The code joins this record to nothing, and finds its dossier no more."""
    row = {"connector_id": connector_id, "key": key, "scope": code.scope, "value": code.value}
    row |= {"author": signature.author, "reason": signature.reason, "at": signature.at}
    connection.execute(insert(disowned).values(**row))
    drop_code(connection, connector_id, key, code)
    name = _connector(connection, connector_id)
    acts.note(connection, signature, Kind.PARTING, f"{name} {key}", Act.MADE, after=_told(code), connector=name)


def _connector(connection: Connection, connector_id: int) -> str:
    name: str = connection.execute(select(connectors.c.name).where(connectors.c.id == connector_id)).scalar_one()
    return name


def _told(code: Code) -> str:
    return acts.told({"scope": code.scope, "code": code.value})


def signature(connection: Connection, connector_id: int, key: str, code: Code) -> Signature | None:
    """Who disowned the code of this record, why and when; None where nobody did."""
    column = disowned.c
    mine = (column.connector_id == connector_id) & (column.key == key)
    query = select(column.author, column.reason, column.at)
    row = connection.execute(query.where(mine, column.scope == code.scope, column.value == code.value)).first()
    return None if row is None else Signature(row.author, row.reason, row.at)


def own(connection: Connection, connector_id: int, key: str, code: Code, signature: Signature) -> None:
    """The code counts again."""
    column = disowned.c
    mine = (column.connector_id == connector_id) & (column.key == key)
    connection.execute(delete(disowned).where(mine, column.scope == code.scope, column.value == code.value))
    name = _connector(connection, connector_id)
    told: dict[str, Any] = {"before": _told(code), "connector": name}
    acts.note(connection, signature, Kind.PARTING, f"{name} {key}", Act.TAKEN_BACK, **told)
