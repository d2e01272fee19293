"""Kept answers of SOAP services, read again: no WSDL, no credentials, nobody is asked."""

from collections.abc import Iterator

from connectors.contract import Record
from connectors.errors import BadRecord
from connectors.payload import ONE, PART, holds, items, kept_answer
from connectors.soap.abilities import found_in
from connectors.soap.reading import AnswerReader
from connectors.soap.settings import SoapSettings


def reread(settings: SoapSettings, payload: bytes, media_type: str) -> Iterator[Record | BadRecord]:
    """The records in a payload, as a pull or a fetch found them."""
    held = holds(media_type)
    answer = kept_answer(settings.address or settings.wsdl, payload, media_type)
    reader = AnswerReader(settings, settings.records, settings.inside)
    if held == PART:
        for contents in reader.part_again(answer):
            yield from items(contents)
    elif held == ONE and settings.fetch is not None:
        one = found_in(answer, settings.fetch, settings)
        yield from items(one[0]) if one else ()
    else:
        found = reader.document(answer)
        yield from items(reader.reader.read(found[0], answer.address)) if found else ()
