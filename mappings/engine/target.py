"""What a mapping may fill: handed over by whoever keeps the record, so that this room never imports it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeAlias


class Type(StrEnum):
    """The form a value has in a draft; every value is ready for JSON."""

    TEXT = "text"  # str, NFC
    TIME = "time"  # "2026-05-20T01:15:00Z": always UTC
    DATE = "date"  # "2026-05-20"
    MONEY = "money"  # int, đồng
    INTEGER = "integer"  # int
    BOOLEAN = "boolean"  # True or False
    CHOICE = "choice"  # one of `choices`


@dataclass(frozen=True, slots=True)
class Field:
    """One field of the target: its type, the words allowed where it is a choice, and how long a text may be."""

    type: Type
    required: bool = False
    choices: tuple[str, ...] = ()
    longest: int | None = None  # characters; None: however long it is


@dataclass(frozen=True, slots=True)
class Target:
    """An entity's fields by dotted name; lists (documents, fees, events) each with fields of their own.

    A list inside the rows of another stands under that one's name: `supplements.papers`. A name below one of
    `open_prefixes` (such as `extra.`) is allowed without being listed; its type is text.
    """

    entity: str
    fields: Mapping[str, Field]
    lists: Mapping[str, Mapping[str, Field]] = field(default_factory=dict)
    open_prefixes: tuple[str, ...] = ()


# What a document may make of its records, by the word that it writes under `entity`.
Targets: TypeAlias = Mapping[str, Target]
