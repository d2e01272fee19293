"""Kept answers of `rest` systems, read again: nobody is asked, and what says an error was refused when it came."""

from collections.abc import Iterator

from connectors.contract import Record
from connectors.documents import RecordReader
from connectors.errors import BadRecord
from connectors.payload import ONE, PART, holds, items, kept_answer
from connectors.rest.abilities import found_in
from connectors.rest.reading import pieces_of
from connectors.rest.settings import RestSettings


def reread(settings: RestSettings, payload: bytes, media_type: str) -> Iterator[Record | BadRecord]:
    """The records in a payload, as a pull or a fetch found them."""
    if not payload.strip():
        return
    held = holds(media_type)
    if held == PART:
        settings = settings.model_copy(update={"charset": "utf-8"})
    answer = kept_answer(settings.url, payload, media_type)
    pieces = pieces_of(answer, settings, is_part=held == PART)
    if held == ONE and settings.fetch is not None:
        yield from items(found_in(pieces, settings.fetch, settings, answer.address))
        return
    reader = RecordReader(settings.records, settings.key, settings.changed_at)
    for piece in pieces:
        if not piece.is_null:
            yield from items(reader.read(piece.document, answer.address))
