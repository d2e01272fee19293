"""How a `rest` answer leads to the next one."""

from urllib.parse import urljoin

from connectors.answers import Answer
from connectors.documents import JsonDocument, flag
from connectors.errors import Changed
from connectors.http import same_origin
from connectors.plan import Plan
from connectors.rest.settings import LinkedPages, NumberedPages, OffsetPages, Pages, RestSettings
from connectors.scrub import plain_address


def plan(settings: RestSettings) -> Plan:
    """How this system is walked."""
    pages, used = settings.pages, settings.placeholders()
    return Plan(
        order=settings.sorted_by,
        asks_since="since" in used,
        steps=isinstance(pages, NumberedPages | OffsetPages),
        follows_links=isinstance(pages, LinkedPages),
        tells_end=isinstance(pages, NumberedPages | OffsetPages) and pages.last is not None,
        page_size=settings.page_size if "page_size" in used else None,
        first_page=pages.first if isinstance(pages, NumberedPages) else 0,
        changed_at=settings.changed_at,
        tells_total=settings.total is not None,
    )


def is_last(pages: Pages, document: JsonDocument, source: str) -> bool | None:
    """Whether the answer says that it is the last; None where it is not asked or does not say."""
    if isinstance(pages, NumberedPages | OffsetPages) and pages.last is not None:
        return flag(document, pages.last, source)
    return None


def next_link(pages: Pages, document: JsonDocument, answer: Answer) -> str | None:
    """The next address, whole; None at the end. Credentials go to no other place than the settings name."""
    link = document.text(pages.next) if isinstance(pages, LinkedPages) else None
    if not link:
        return None
    url = urljoin(answer.url, link)
    if not same_origin(url, answer.url):
        raise Changed(
            f"the next page of {answer.address} is said to be at another place, {plain_address(url)}",
            code="next_link",
            hint="The hub never takes credentials to another host. Ask the department to mend its links, "
            "or use another way of paging.",
        )
    return url
