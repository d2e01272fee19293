"""Connector type `rest`: department systems that answer over HTTP, in JSON, XML, CSV or NDJSON."""

from connectors.contract import ConnectorType
from connectors.rest.abilities import open_rest
from connectors.rest.kept import reread
from connectors.rest.openapi import describe
from connectors.rest.settings import RestSettings

REST = ConnectorType(settings=RestSettings, open=open_rest, describe=describe, reread=reread)
