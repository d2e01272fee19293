"""What the files of a folder offer: the columns or fields of the oldest one."""

from hashlib import blake2b

from connectors.contract import Description, Field, Operation, Record
from connectors.shape import shape_of

_LONGEST_SAMPLE = 100


def described(place: str, style: str, record: Record) -> Description:
    """The fields of a record as a first one shows them; the fingerprint is of their names."""
    fields = tuple(_fields(record))
    names = "\n".join(sorted(field.path for field in fields))
    reading = Operation("records", place, style, answer=fields)
    return Description((reading,), fingerprint=blake2b(names.encode(), digest_size=16).hexdigest())


def nothing(place: str, why: str) -> Description:
    """What to say while there is nothing to look into."""
    return Description((), problems=(f"{why}, so nothing can be said of the records in {place}",))


def _fields(record: Record) -> list[Field]:
    value = record.value
    if isinstance(value, dict) and all(isinstance(cell, str) for cell in value.values()):
        return [Field(name, "text", sample=cell[:_LONGEST_SAMPLE] or None) for name, cell in value.items()]
    return [Field(path, kind or "text") for path, kind in shape_of(value).items()]
