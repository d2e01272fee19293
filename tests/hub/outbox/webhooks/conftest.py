"""What the tests of subscriptions share: a hub, and a receiver at a real port."""

from collections.abc import Iterator

import pytest

from hub.store.database import Database
from tests.hub.outbox.webhooks import record
from tests.hub.outbox.webhooks.receiver import Receiver, receiving
from tests.hub.outbox.webhooks.record import Hub


@pytest.fixture
def hub(database: Database) -> Hub:
    return record.hub(database)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as one:
        yield one
