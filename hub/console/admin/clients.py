"""Who may ask the API: the list, one client with what it sees and used, and registering or changing one."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from hub.console.admin import asked, client_form
from hub.console.admin.asked import PER_PAGE
from hub.console.admin.client_form import LIMITS
from hub.console.admin.client_use import Use, used_today
from hub.console.admin.grant_words import GROUP, LEVEL, PROFILE, ROLE, SIGHT
from hub.console.admin.sheet import sheet
from hub.console.database import database
from hub.console.page import Page
from hub.console.register import register
from hub.console.settings import settings
from hub.console.visitor import visitor
from hub.record.moments import today
from hub.record.rights import Right
from hub.record.signature import Signature
from hub.store import clients, cursor, keys, subscriptions
from hub.store.clients import Client, Quota, Role, SubjectTaken, Wanted
from hub.store.database import Transaction
from hub.store.grant_codes import unknown_codes
from hub.store.keys import ApiKey, LastManager
from mappings.engine.yaml_source import Invalid

_LONGEST_REASON = 500


def page() -> str:
    """The clients by name, with their keys and what they asked today."""
    wanted = _wanted()
    found = _found(wanted)
    after = request.args.get("after", "")
    rest = [one for one in found if one.name > after]
    shown = rest[:PER_PAGE]
    following = None
    if len(rest) > PER_PAGE:
        following = url_for("console.clients", **wanted, after=shown[-1].name)
    return render_template(
        "console/admin/clients.html",
        clients=shown,
        keys=_keys_by_client(),
        used=used_today(database(), shown, _default_quota(), datetime.now(UTC)),
        wanted=wanted,
        following=following,
        first=asked.is_first(),
        roles=ROLE,
        now=datetime.now(UTC),
    )


def csv() -> ResponseReturnValue:
    """The clients that the filter leaves, as a file."""
    headings = (
        *(_("Tên"), _("Tên gọi"), _("Quyền"), _("Mục đích"), _("Số khóa"), _("Dùng lần cuối")),
        *(_("Người thay đổi"), _("Tạo lúc"), _("Thay đổi lúc")),
    )
    return sheet("ung-dung-api", headings, _rows())


def one(client_id: int) -> str:
    """One client: what it sees, its quota, its keys, its webhooks."""
    client, now = the_client(client_id), datetime.now(UTC)
    return render_template(
        "console/admin/client.html",
        client=client,
        keys=keys.held(database(), client.name),
        used=used_today(database(), [client], _default_quota(), now)[client.id],
        webhooks=subscriptions.listed(database(), client.id),
        limits=[(name, getattr(client.grant, name)) for name in LIMITS],
        roles=ROLE,
        groups=GROUP,
        sights=SIGHT,
        levels=LEVEL,
        Role=Role,
        now=now,
    )


def new() -> str:
    """The form of a client that is to be registered."""
    return _form(client_form.empty(), None, [])


def change(client_id: int) -> str:
    """The form of a client that there is."""
    client = the_client(client_id)
    return _form(client_form.of_client(client), client, [])


def put_new() -> ResponseReturnValue:
    """Register a client."""
    form = client_form.filled(request.form, None)
    wrong = client_form.wrong(form, new=True)
    if not wrong and clients.named(database(), form["client"]) is not None:
        wrong.append(
            _("Đã có ứng dụng tên %(name)s. Hãy chọn tên khác, hoặc mở ứng dụng đó để sửa.", name=form["client"])
        )
    return (_form(form, None, wrong), 422) if wrong else _put(form, None)


def put(client_id: int) -> ResponseReturnValue:
    """Make a client what the form says; its keys stay."""
    client = the_client(client_id)
    form = client_form.filled(request.form, client.name)
    wrong = client_form.wrong(form, new=False)
    return (_form(form, client, wrong), 422) if wrong else _put(form, client)


def remove(client_id: int) -> ResponseReturnValue:
    """Forget a client with its keys, webhooks and exports; what it read stays told."""
    client, by = the_client(client_id), signed()
    if not changed_with_a_manager_left(lambda transaction: clients.remove(transaction, client.name, by), by.at):
        return redirect(url_for("console.client", client_id=client.id))
    flash(_("Đã xóa %(name)s cùng các khóa, webhook và tệp xuất của nó.", name=client.name))
    return redirect(url_for("console.clients"))


def the_client(client_id: int) -> Client:
    """The client of an address."""
    found = clients.numbered(database(), client_id) if 0 < client_id <= cursor.LARGEST_ID else None
    if found is None:
        abort(404)
    return found


def signed() -> Signature:
    """Who sends this form, and why."""
    return Signature(visitor().name, request.form.get("reason", "").strip()[:_LONGEST_REASON], datetime.now(UTC))


def changed_with_a_manager_left(work: Callable[[Transaction], Any], now: datetime) -> bool:
    """Do it, unless nobody could change the hub through the API afterwards; False: it was not done."""

    def guarded(transaction: Transaction) -> None:
        with keys.keeping_a_manager(transaction, now):
            work(transaction)

    try:
        database().write_again(guarded)
    except LastManager:
        flash(
            _("Sau việc này không còn khóa nào thay đổi được hub qua API nên hub không làm. Hãy cấp khóa khác trước.")
        )
        return False
    return True


def _put(form: dict[str, str], client: Client | None) -> ResponseReturnValue:
    try:
        read = register().clients.read(client_form.document(form), _("biểu mẫu"), form["client"])
    except Invalid as invalid:
        return _form(form, client, [f"{one.what}. {one.right}" for one in invalid.findings]), 422
    by = signed()
    wanted = replace(read, author=by.author)
    try:
        done = changed_with_a_manager_left(
            lambda transaction: clients.put(transaction, wanted, by.at, by.reason), by.at
        )
    except SubjectTaken:
        return _form(form, client, [_("Một ứng dụng khác đã đăng nhập bằng mã thông báo này.")]), 422
    if not done:
        return _form(form, client, []), 409
    _tell_of_unknown(wanted)
    made = clients.named(database(), wanted.name)
    if made is None:  # somebody has removed it since
        return redirect(url_for("console.clients"))
    if client is None:
        flash(_("Đã đăng ký %(name)s. Bước tiếp theo: cấp khóa cho nó.", name=wanted.name))
    else:
        flash(_("Đã lưu. Phạm vi mới có hiệu lực trong 2 giây."))
    return redirect(url_for("console.client", client_id=made.id))


def _tell_of_unknown(wanted: Wanted) -> None:
    """Codes that the catalogue lacks are allowed, but mostly a slip."""
    if wanted.grant is None:
        return
    with database().read() as connection:
        unknown = unknown_codes(connection, wanted.grant, today())
    if codes := [code for several in unknown.values() for code in several]:
        shown = ", ".join(codes[:20])
        flash(_("Danh mục hôm nay chưa có: %(codes)s. Hãy kiểm tra xem có gõ nhầm không.", codes=shown))


def _form(form: dict[str, str], client: Client | None, wrong: list[str]) -> str:
    return render_template(
        "console/admin/client_form.html",
        form=form,
        client=client,
        wrong=wrong,
        roles=[(role, ROLE[role]) for role in client_form.ROLES],
        profiles=PROFILE,
        groups=GROUP,
        sights=SIGHT,
        levels=LEVEL,
    )


def _wanted() -> dict[str, Any]:
    return {"q": asked.word("q"), "role": asked.chosen("role", ROLE)}


def _found(wanted: dict[str, Any]) -> list[Client]:
    typed = (wanted["q"] or "").casefold()
    return [
        client
        for client in clients.listed(database())
        if wanted["role"] in (None, client.role)
        and (not typed or any(typed in text.casefold() for text in (client.name, client.title, client.purpose)))
    ]


def _rows() -> Iterator[tuple[Any, ...]]:
    held = _keys_by_client()
    for client in _found(_wanted()):
        mine = held.get(client.name, [])
        used = max((key.used_at for key in mine if key.used_at), default=None)
        said = (client.name, client.title, ROLE[client.role], client.purpose)
        yield *said, len(mine), used, client.author, client.created_at, client.changed_at


def _keys_by_client() -> dict[str, list[ApiKey]]:
    held: dict[str, list[ApiKey]] = {}
    for key in keys.listed(database()):
        held.setdefault(key.name, []).append(key)
    return held


def _default_quota() -> Quota:
    return settings().quota


PAGES = (
    Page("GET", "/clients", "clients", page, Right.GRANT),
    Page("GET", "/clients.csv", "clients_csv", csv, Right.GRANT),
    Page("GET", "/clients/new", "new_client", new, Right.GRANT),
    Page("POST", "/clients/new", "put_new_client", put_new, Right.GRANT, dangerous=True),
    Page("GET", "/clients/<int:client_id>", "client", one, Right.GRANT),
    Page("GET", "/clients/<int:client_id>/change", "change_client", change, Right.GRANT),
    Page("POST", "/clients/<int:client_id>/change", "put_client", put, Right.GRANT, dangerous=True),
    Page("POST", "/clients/<int:client_id>/remove", "remove_client", remove, Right.GRANT, dangerous=True),
)
__all__ = ["PAGES", "Use", "changed_with_a_manager_left", "signed", "the_client"]
