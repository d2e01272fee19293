"""The keys of a client: a new one, shown this once; letting one end, now or later."""

from datetime import timedelta

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from hub.console.admin.clients import changed_with_a_manager_left, signed, the_client
from hub.console.database import database
from hub.console.page import Page
from hub.record.rights import Right
from hub.store import cursor, keys
from hub.store.database import Transaction

# What the forms offer; a text of theirs that is none of these chooses the first.
LASTS = {"365": timedelta(days=365), "90": timedelta(days=90), "30": timedelta(days=30), "": None}
OLD_LAST = {"": None, "1": timedelta(hours=1), "24": timedelta(hours=24), "168": timedelta(days=7)}
_ENDS = {"now": None, "24": timedelta(hours=24), "168": timedelta(days=7)}


def add(client_id: int) -> ResponseReturnValue:
    """One more key; the older ones go on working, for as long as the form says."""
    client, by = the_client(client_id), signed()
    lasts = LASTS.get(request.form.get("lasts", "365"), LASTS["365"])
    old = OLD_LAST.get(request.form.get("old", ""))
    until = None if lasts is None else by.at + lasts
    try:
        made = keys.add(database(), client.name, by.at, until, None if old is None else by.at + old, by)
    except LookupError:
        abort(404)
    return render_template("console/admin/key_made.html", client=client, made=made, until=until)


def end(client_id: int, key_id: int) -> ResponseReturnValue:
    """Stop a key working: at once, or after the time that its holder has to change over."""
    client, by = the_client(client_id), signed()
    span = _ENDS.get(request.form.get("ends", "now"))
    number = key_id if key_id <= cursor.LARGEST_ID else 0
    if number not in {key.id for key in keys.held(database(), client.name)}:
        abort(404)

    def work(transaction: Transaction) -> bool:
        if span is None:
            return keys.remove(transaction, client.name, number, by)
        return keys.expire(transaction, client.name, number, by.at + span, by)

    if changed_with_a_manager_left(work, by.at):
        told = _("Khóa không còn dùng được nữa.") if span is None else _("Khóa sẽ hết hạn vào giờ đã chọn.")
        flash(told)
    return redirect(url_for("console.client", client_id=client.id))


PAGES = (
    Page("POST", "/clients/<int:client_id>/keys", "add_key", add, Right.GRANT, dangerous=True),
    Page("POST", "/clients/<int:client_id>/keys/<int:key_id>/end", "end_key", end, Right.GRANT, dangerous=True),
)
