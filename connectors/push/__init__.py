"""Connector type `push`: departments that send by themselves, over REST or SOAP."""

from connectors.contract import ConnectorType
from connectors.push.connector import PushConnector, open_push
from connectors.push.reading import reread
from connectors.push.settings import PushSettings

PUSH = ConnectorType(settings=PushSettings, open=open_push, reread=reread)

__all__ = ["PUSH", "PushConnector"]
