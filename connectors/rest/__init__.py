"""Connector type `rest`: department systems that answer JSON over HTTP."""

from connectors.contract import ConnectorType
from connectors.rest.connector import open_rest
from connectors.rest.settings import RestSettings

REST = ConnectorType(settings=RestSettings, open=open_rest)
