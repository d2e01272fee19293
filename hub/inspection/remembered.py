"""What a system offers, as JSON and back: whoever registers it chooses an operation on another page, or tomorrow."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import orjson

from connectors.contract import Description, Field, Operation
from hub.inspection.discovery import Discovery

LARGEST = 1024 * 1024  # bytes of one


class TooMuch(Exception):
    """The description is too long to be kept; the sentence says what to do."""


def as_json(found: Discovery) -> dict[str, Any]:
    """To be kept.

    Raises:
        TooMuch: see there.
    """
    kept: dict[str, Any] = asdict(found)
    if len(orjson.dumps(kept)) > LARGEST:
        raise TooMuch(
            f"the description has {len(found.description.operations)} operations and is too long to be kept here; "
            "`hub discover PLACE --operation NAME --as-connector NAME` writes the document, which can be pasted"
        )
    return kept


def of_json(kept: Mapping[str, Any]) -> Discovery:
    """What was kept."""
    said = kept["description"]
    description = Description([_operation(one) for one in said["operations"]], said["problems"], said["fingerprint"])
    return Discovery(kept["type"], kept["place"], description, [Field(**one) for one in kept["sample"]])


def _operation(kept: Mapping[str, Any]) -> Operation:
    fields = {name: [Field(**one) for one in kept[name]] for name in ("parameters", "answer")}
    return Operation(**(dict(kept) | fields))
