"""Connector type `soap`: department systems that are described by a WSDL."""

from connectors.contract import ConnectorType
from connectors.soap.abilities import open_soap
from connectors.soap.discover import describe
from connectors.soap.kept import reread
from connectors.soap.settings import SoapSettings

SOAP = ConnectorType(settings=SoapSettings, open=open_soap, describe=describe, reread=reread)
