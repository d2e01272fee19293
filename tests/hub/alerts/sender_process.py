"""A process that sends what is due through one webhook, once: `python -m … DATABASE-URL RECEIVER-URL`."""

import sys
import threading

from hub.alerts import sending
from hub.alerts.hook import Hook
from hub.alerts.policy import Channel, Policy
from hub.outbox.webhooks.address import Allowed
from hub.store.database import connect

SECRET = "whsec_MDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDA="


def policy_of(url: str, seconds: float = 5.0) -> Policy:
    """One webhook that hears everything."""
    hook = Hook(url, Allowed(("127.0.0.1",), plain_http=True), lambda: SECRET, seconds)
    return Policy(channels=(Channel("chat", "webhook", hook),))


if __name__ == "__main__":
    store = connect(sys.argv[1])
    sending.send_due(store, policy_of(sys.argv[2]), threading.Event())
    store.close()
