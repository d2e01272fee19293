"""One change of the feed as the API and webhooks write it."""

from collections.abc import Mapping, Sequence
from typing import Any

from hub.store.changes import Changed, Kind


def change(changed: Changed, item: Mapping[str, Any] | None = None, codes: Sequence[str] = ()) -> dict[str, Any]:
    """`{position, change, id, code}`; of what changed its `codes` too, and its `dossier` where an item of it is given;
    of what was merged `into`, the id of the dossier that it is part of now.
    """
    told: dict[str, Any] = {
        "position": changed.position,
        "change": changed.kind.value,
        "id": str(changed.dossier_id),
        "code": changed.code,
    }
    if changed.into is not None:
        told["into"] = str(changed.into)
    if changed.kind is Kind.CHANGED:
        told["codes"] = list(codes)
        if item is not None:
            told["dossier"] = dict(item)
    return told
