"""What the tests of alerts share."""

import pytest

from hub.store.database import Database
from tests.hub.alerts.world import Story, policy, registered


@pytest.fixture
def story(database: Database) -> Story:
    """Three connectors of two departments, one channel that hears all at once, no waiting for others."""
    registered(database)
    return Story(database, policy())
