"""What every connector must do, as tests: subclass `ConnectorConformance` in a test file of your own and run pytest.

class TestMine(ConnectorConformance):
    connector_type = MINE

    @pytest.fixture
    def address(self) -> Iterator[str]:
        with my_system() as url:  # running, with more records than one page holds, and not changing
            yield url

    def settings(self, address: str) -> dict[str, Any]:
        return {"url": address, "password": "a-secret", "page_size": 2}

Some tests stand between the connector and that system, or in its place, by putting another host and port into
`address`. What else may be said of a type (another protocol than HTTP, files instead of a network) is in `subject.py`.
"""

from connectors.conformance.abilities import Abilities
from connectors.conformance.reading import Reading
from connectors.conformance.secrets import Secrets
from connectors.conformance.subject import once
from connectors.conformance.trouble import Trouble

__all__ = ["ConnectorConformance", "once"]


class ConnectorConformance(Reading, Trouble, Secrets, Abilities):
    """The tests; `connector_type`, `address` and `settings` are what a subclass must give."""
