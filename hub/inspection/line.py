"""A connector as whoever looks at it needs it: its name, how it is opened, what its department bears."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from functools import partial
from itertools import islice
from typing import Any, Protocol

from lxml import etree
from pydantic import BaseModel

from connectors.contract import Connector, ConnectorType, Page, Record, Retry, Waits
from hub.sync.limits import Limits
from hub.sync.retry import looked_at

XML, JSON = "xml", "json"


class Opens(Protocol):
    """A connector's type, and its settings with their secrets."""

    @property
    def type(self) -> ConnectorType: ...

    @property
    def settings(self) -> BaseModel: ...


class Bears(Protocol):
    """What a department bears, as its section says it."""

    def read(self) -> Limits:
        """As a run keeps to it."""
        ...


class Section(Protocol):
    """What is said of a connector besides its settings."""

    @property
    def name(self) -> str: ...

    @property
    def type(self) -> str: ...

    @property
    def mapping(self) -> str: ...

    @property
    def limits(self) -> Bears: ...


@dataclass(frozen=True, slots=True)
class Line:
    """One connector, not yet opened."""

    name: str
    type: str
    open: Callable[[Retry], AbstractContextManager[Connector]]
    limits: Limits = field(default_factory=Limits)
    place: str = ""  # where its description stands, or what it asks

    def opened(self) -> AbstractContextManager[Connector]:
        """An open line: nothing is tried again, as whoever looks wants to see what is wrong now."""
        return looked_at(self.name, self.limits, self.open)


def line_to(section: Section, connection: Opens) -> Line:
    """The line to a connector that is registered, or stands in the configuration."""
    opening = partial(connection.type.open, connection.settings)
    places = (getattr(connection.settings, name, None) for name in ("wsdl", "openapi", "url"))
    place = next((str(one) for one in places if one), section.name)
    return Line(section.name, section.type, opening, section.limits.read(), place)


def first_pages(connector: Connector, records: int) -> Iterator[Page]:
    """As many pages from the beginning as bring so many records; no more is asked for than that."""
    for page in connector.pull(None):
        yield page
        records -= len(page.records)
        if records <= 0:
            return


def first_records(connector: Connector, wanted: int) -> list[Record]:
    """The first records that the connector brings."""
    return list(islice((record for page in first_pages(connector, wanted) for record in page.records), wanted))


def waiting_at(connector: Connector) -> str:
    """What it has that is not to be taken yet, as a sentence without its full stop; empty: nothing."""
    return connector.waiting() if isinstance(connector, Waits) else ""


def kind_of(value: Any) -> str:
    """What a record is, as mappings call it."""
    return XML if etree.iselement(value) else JSON
