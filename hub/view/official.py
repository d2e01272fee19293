"""A dossier as the national portal's own payload has it, for consumers that read that already; masked by the grant."""

from collections.abc import Iterable
from typing import Any

from hub.record.grant import Grant
from hub.record.national import dossier_payload
from hub.store.dossier_rows import DossierRow
from hub.view.fields import Fields
from hub.view.item import EVERY
from hub.view.masking import trimmer

MEDIA_TYPE = "application/vnd.mot-cua-hub.national+json"


def payload(row: DossierRow, grant: Grant, fields: Fields | None = None) -> dict[str, Any]:
    """Every name of the portal's payload; empty where nobody says anything, or the grant shows nothing."""
    return dossier_payload(trimmer(grant, (fields or EVERY).names)(row.values))


def reply(payloads: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """As the portal's TraCuuHoSo replies."""
    result = list(payloads)
    return {"error_code": "0", "message": "Thành công" if result else "Không có hồ sơ", "result": result}
