"""Connector type `soap`: department systems that are described by a WSDL."""

from connectors.contract import ConnectorType
from connectors.soap.connector import open_soap
from connectors.soap.settings import SoapSettings

SOAP = ConnectorType(settings=SoapSettings, open=open_soap)
