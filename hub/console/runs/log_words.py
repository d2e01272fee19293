"""What the lines of a run's log say (`hub.sync.diary`), in the language of the page."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from flask_babel import gettext as _

from hub.console import words
from hub.console.faults import meaning
from hub.console.shown import number, span, time_to_the_second
from hub.store.run_lines import Line


def sentence(line: Line) -> tuple[str, str]:
    """What a line says, and its technical words in English (or nothing). A line of another version stays as it is."""
    say = _SAY.get(line.event)
    try:
        said = line.event if say is None else str(say(line.data))
    except (KeyError, TypeError, ValueError):  # another version wrote it with other data
        said = line.event
    return said, str(line.data.get("sentence", ""))


def _begun(data: Mapping[str, Any]) -> object:
    if since := data.get("since"):
        return _("Bắt đầu, đọc từ điểm đánh dấu %(since)s.", since=since)
    return _("Bắt đầu, đọc từ đầu.")


def _went_on(data: Mapping[str, Any]) -> object:
    return _("Một tiến trình nhận lượt này, đi tiếp từ trang %(page)s.", page=number(data["page"]))


def _page(data: Mapping[str, Any]) -> object:
    counts = {
        name: number(data[name]) for name in ("page", "fetched", "created", "updated", "unchanged", "quarantined")
    }
    return _(
        "Đã lưu trang %(page)s: %(fetched)s bản ghi, %(created)s mới, %(updated)s cập nhật, %(unchanged)s không đổi, "
        "%(quarantined)s cách ly.",
        **counts,
    )


_COUNTED = ("page", "fetched", "created", "updated", "unchanged", "quarantined")


def _in_vain(data: Mapping[str, Any]) -> object:
    what = meaning(data["code"])[0]
    if seconds := data.get("seconds"):
        return _("%(what)s Thử lại sau %(span)s.", what=what, span=span(seconds))
    return _("%(what)s Không thử lại nữa.", what=what)


def _waited(data: Mapping[str, Any]) -> object:
    return _("Chờ %(span)s mới đến lượt được hỏi cơ quan.", span=span(data["seconds"]))


def _store_away(_data: Mapping[str, Any]) -> object:
    return _("Cơ sở dữ liệu không trả lời; hub chờ rồi lưu tiếp.")


def _put_back(data: Mapping[str, Any]) -> object:
    what = meaning(data["code"])[0]
    if until := data.get("until"):
        return _("%(what)s Đi tiếp sau %(time)s.", what=what, time=time_to_the_second(datetime.fromisoformat(until)))
    return _("%(what)s Lượt này trở lại hàng chờ.", what=what)


def _ended(data: Mapping[str, Any]) -> object:
    state = str(words.RUN_STATE[data["state"]])
    if code := data.get("code"):
        return _("Kết thúc: %(state)s. %(what)s", state=state, what=meaning(code)[0])
    return _("Kết thúc: %(state)s.", state=state)


_SAY: dict[str, Callable[[Mapping[str, Any]], object]] = {
    "begun": _begun,
    "went_on": _went_on,
    "page": _page,
    "asked_in_vain": _in_vain,
    "waited": _waited,
    "store_away": _store_away,
    "put_back": _put_back,
    "ended": _ended,
}
