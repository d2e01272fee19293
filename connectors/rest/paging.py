"""How a `rest` answer leads to the next one."""

import html
from dataclasses import dataclass
from urllib.parse import unquote, urljoin, urlsplit

from connectors.answers import Answer
from connectors.documents import Contents, Places, flag, number
from connectors.errors import Changed
from connectors.http import same_origin
from connectors.plan import Ending, Plan, Query
from connectors.rest.link_header import next_of
from connectors.rest.page_settings import (
    CursorPages,
    HeaderPages,
    LastIdPages,
    LinkedPages,
    NumberedPages,
    OffsetPages,
    Pages,
)
from connectors.rest.settings import RestSettings
from connectors.scrub import plain_address
from connectors.wording import quoted

# OData leaves these out on the last page, and nobody misspells what its standard names.
_LEFT_OUT = ("@odata.nextLink", "odata.nextLink", "__next")


def plan(settings: RestSettings) -> Plan:
    """How this system is walked."""
    pages, used = settings.pages, settings.placeholders()
    return Plan(
        order=settings.sorted_by,
        asks_since="since" in used,
        steps=isinstance(pages, NumberedPages | OffsetPages),
        follows_links=isinstance(pages, LinkedPages | HeaderPages),
        follows_cursor=isinstance(pages, CursorPages | LastIdPages),
        tells_end=_tells_end(pages),
        page_size=settings.page_size if used & {"page_size", "last", "end"} else None,
        first_page=pages.first if isinstance(pages, NumberedPages) else 0,
        changed_at=settings.changed_at,
        tells_total=settings.total is not None,
    )


def _tells_end(pages: Pages) -> bool:
    return any(getattr(pages, name, None) is not None for name in ("last", "more", "count"))


@dataclass(frozen=True, slots=True)
class Lead:
    """What an answer says of the next one."""

    ending: Ending
    missing: str | None = None  # where the next one should be named, if the answer has no such place


def lead(settings: RestSettings, query: Query, places: Places, contents: Contents, answer: Answer) -> Lead:
    """What this answer to `query` says of the next one."""
    pages, source = settings.pages, answer.address
    ending = Ending(_last(pages, query, places, source), number(places, settings.total))
    match pages:
        case LinkedPages():
            link = _address(_named(places, pages.next), answer)
            missing = _unnamed(pages, pages.next, places)
            return Lead(Ending(ending.last, ending.total, next_link=link), missing)
        case HeaderPages():
            link = _address(next_of(answer.headers.get("Link", "")), answer)
            missing = "header:Link" if link is None and pages.if_missing == "prove" else None
            return Lead(Ending(ending.last, ending.total, next_link=link), missing)
        case CursorPages():
            cursor = _named(places, pages.next)
            missing = None if pages.more else _unnamed(pages, pages.next, places)
            return Lead(Ending(ending.last, ending.total, next_cursor=cursor), missing)
        case LastIdPages():
            return Lead(Ending(ending.last, ending.total, next_cursor=_last_key(contents, source)))
    return Lead(ending)


def _named(places: Places, place: str) -> str | None:
    """What leads to the next page; some systems write false or 0 where others write null."""
    text = places.text(place)
    return None if text in ("", "false", "0") else text


def _unnamed(pages: LinkedPages | CursorPages, place: str, places: Places) -> str | None:
    if pages.if_missing == "end" or places.has(place) or place.endswith(_LEFT_OUT):
        return None
    return place


def _last(pages: Pages, query: Query, places: Places, source: str) -> bool | None:
    """Whether the answer says that it is the last; None where it is not asked or does not say."""
    if isinstance(pages, NumberedPages) and pages.count is not None:
        count = number(places, pages.count)
        return None if count is None else query.page - pages.first + 1 >= count
    if isinstance(pages, NumberedPages | OffsetPages) and pages.last is not None:
        return flag(places, pages.last, source)
    if isinstance(pages, NumberedPages | OffsetPages | CursorPages | LastIdPages) and pages.more is not None:
        more = flag(places, pages.more, source)
        return None if more is None else not more
    return None


def _last_key(contents: Contents, source: str) -> str | None:
    if contents.count and not contents.records:
        raise Changed(
            f"no record of {source} has a key, so there is no last one to go on from",
            code="paging",
            hint="Correct `key` in the settings, or use another way of paging.",
        )
    return contents.records[-1].key if contents.records else None


def _address(link: str | None, answer: Answer) -> str | None:
    """The next address, whole; None at the end. Credentials go to no other place than the settings name."""
    if not link:
        return None
    try:
        url = as_asked(urljoin(answer.url, _unescaped(link)), answer.url)
        is_ours = same_origin(url, answer.url)
    except ValueError:
        raise _bad_link(f"the next page of {answer.address} is said to be at {quoted(link)}, no address") from None
    if not is_ours:
        raise _bad_link(f"the next page of {answer.address} is said to be at another place, {plain_address(url)}")
    return url


def _bad_link(sentence: str) -> Changed:
    return Changed(
        sentence,
        code="next_link",
        hint="The hub never takes credentials to another host. Ask the department to mend its links, "
        "or use another way of paging.",
    )


def _unescaped(link: str) -> str:
    """Some systems escape the address as a whole, for a URL or for HTML."""
    if link.lower().startswith(("http%3a", "https%3a")):
        link = unquote(link)
    return html.unescape(link) if "&amp;" in link else link


def as_asked(url: str, asked: str) -> str:
    """Behind a proxy that ends TLS, a system often believes that it is asked without: go on as we began."""
    there, here = urlsplit(url), urlsplit(asked)
    if (
        (there.scheme, here.scheme) == ("http", "https")
        and there.hostname == here.hostname
        and there.port in (None, 80)
    ):
        return there._replace(scheme="https", netloc=here.netloc).geturl()
    return url
