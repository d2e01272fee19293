"""What a WSDL offers, before there is a connector: from a file, a folder or an address alone."""

from pathlib import Path
from urllib.parse import urlsplit

from connectors.contract import Description
from connectors.errors import ConnectorError
from connectors.http import Client
from connectors.settings import HttpSettings, NoAuth
from connectors.soap.line import Line
from connectors.soap.wsdl.definitions import Definitions
from connectors.soap.wsdl.describe import described
from connectors.soap.wsdl.library import Library

_OF_ANOTHER_KIND = ("not_xml", "html_answer")


def describe(place: str) -> Description | None:
    """Every operation of the WSDL at `place`; None where something else is there."""
    path = Path(place)
    if not urlsplit(place).scheme.startswith("http") and path.is_dir() and not any(path.glob("*.[wW][sS][dD][lL]")):
        return None
    with Client(HttpSettings()) as client:
        library = Library(place, Line(client, NoAuth()).document)
        try:
            library.main()
        except ConnectorError as error:
            if error.code in _OF_ANOTHER_KIND and "wsdl" not in place.rpartition("/")[2].lower():
                return None
            raise
        return described(Definitions(library))
