"""Connector type `push`: departments that send by themselves, over REST or SOAP."""

from connectors.contract import ConnectorType
from connectors.push.connector import PushConnector, open_push
from connectors.push.settings import PushSettings

PUSH = ConnectorType(settings=PushSettings, open=open_push)

__all__ = ["PUSH", "PushConnector"]
