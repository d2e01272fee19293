"""What stands in the console's menu, in its order: each entry is shown to whoever may open it."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

from flask_babel import lazy_gettext as _

from hub.console.alerts.waiting import waiting
from hub.console.visitor import may
from hub.console.words import Word
from hub.record.rights import Right


class Entry(NamedTuple):
    """One page of the menu."""

    endpoint: str
    label: Word
    right: Right
    also: tuple[str, ...] = ()  # pages that are below it
    waiting: Callable[[], int] | None = (
        None  # how much waits there, told beside it; asked on every page, so of an index
    )


class Group(NamedTuple):
    """Pages that belong together."""

    name: str  # of its part in the page
    label: Word
    entries: tuple[Entry, ...]


_MENU = (
    Group(
        "work",
        _("Vận hành"),
        (
            Entry("console.overview", _("Tổng quan"), Right.WATCH),
            Entry("console.runs", _("Lượt chạy"), Right.WATCH, ("console.run", "console.exchange")),
            Entry("console.alerts", _("Cảnh báo"), Right.WATCH, ("console.alert_history", "console.silences"), waiting),
            Entry("console.quarantine", _("Cách ly"), Right.WATCH, ("console.quarantined",)),
            Entry("console.charts", _("Biểu đồ"), Right.WATCH),
        ),
    ),
    Group(
        "record",
        _("Bản ghi chung"),
        (
            Entry("console.dossiers", _("Hồ sơ"), Right.DOSSIERS, ("console.dossier", "console.alike")),
            Entry("console.trace", _("Truy vết"), Right.DOSSIERS),
            Entry(
                "console.agencies",
                _("Danh mục"),
                Right.WATCH,
                ("console.procedures", "console.unknown_codes", "console.duplicate_services", "console.load_catalogue"),
            ),
        ),
    ),
    Group(
        "connect",
        _("Kết nối"),
        (
            Entry(
                "console.connectors",
                _("Các đầu nối"),
                Right.WATCH,
                (
                    *(
                        "console.connector",
                        "console.connector_new",
                        "console.connector_begin",
                        "console.connector_draft",
                    ),
                    *("console.connector_draft_save", "console.connector_edit", "console.connector_save"),
                    *("console.connector_versions", "console.connector_check", "console.connector_checked"),
                    *("console.connector_preview", "console.connector_previewed", "console.connector_discover"),
                    *("console.completeness", "console.connector_acts", "console.connector_act"),
                ),
            ),
            Entry("console.schedules", _("Lịch chạy"), Right.WATCH),
            Entry("console.secrets", _("Bí mật"), Right.CONNECT),
            Entry("console.expiring", _("Sắp hết hạn"), Right.WATCH),
            Entry(
                "console.mappings",
                _("Ánh xạ"),
                Right.WATCH,
                ("console.mapping", "console.mapping_version", "console.mapping_diff", "console.edit_mapping"),
            ),
        ),
    ),
    Group(
        "rule",
        _("Quản trị"),
        (
            Entry("console.people", _("Người dùng"), Right.PEOPLE, ("console.person", "console.person_new")),
            Entry("console.audit", _("Nhật ký thay đổi"), Right.AUDIT, ("console.act",)),
            Entry("console.reads", _("Nhật ký đọc"), Right.AUDIT),
            Entry(
                "console.clients",
                _("Ứng dụng dùng API"),
                Right.GRANT,
                ("console.client", "console.new_client", "console.change_client"),
            ),
            Entry("console.webhooks", _("Webhook"), Right.GRANT, ("console.webhook",)),
            Entry("console.exports", _("Tệp xuất"), Right.GRANT),
            Entry("console.settings", _("Cấu hình"), Right.SETTINGS, ("console.licences",)),
        ),
    ),
)


def menu() -> Iterator[tuple[Group, list[Entry]]]:
    """The groups of which somebody may open something, with what that is."""
    for group in _MENU:
        entries = [entry for entry in group.entries if may(entry.right)]
        if entries:
            yield group, entries
