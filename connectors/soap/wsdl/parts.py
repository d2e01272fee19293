"""What elements and types come down to: parts with names, and what each holds."""

from dataclasses import dataclass

from lxml import etree

from connectors.soap.wsdl.schema import SchemaDocument


@dataclass(frozen=True, slots=True)
class Holds:
    """A type by its name, or one without a name by its place in the schema."""

    name: str  # {namespace}local; "" for one without
    node: etree._Element | None = None
    document: SchemaDocument | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """An element or an attribute in a type."""

    name: str  # @x is an attribute, * is anything
    namespace: str  # as it is written in a message
    holds: Holds
    repeated: bool = False
    required: bool = False
    about: str = ""


@dataclass(frozen=True, slots=True)
class Shape:
    """What a type holds: text of some kind, parts, or both."""

    text: str = ""  # xs:string, xs:date …; "" where it holds no text
    parts: tuple[Part, ...] = ()
    values: tuple[str, ...] = ()  # the only ones that are allowed, where that is said
    is_array: bool = False  # of SOAP encoding
