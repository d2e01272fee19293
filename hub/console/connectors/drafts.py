"""Registering a system: what there is of it, which operation, the document; left and taken up again at any time."""

import re
from datetime import UTC, datetime
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from hub.console.connectors import words
from hub.console.connectors.editor import Editing, Sent, sent
from hub.console.connectors.looking import NoAnswer, Trouble
from hub.console.connectors.sources import LARGEST, Has, described_by
from hub.console.connectors.writing import Wrong, write
from hub.console.database import database
from hub.console.page import Page
from hub.console.register import has_register, register
from hub.console.secrets import names as secret_names
from hub.console.visitor import visitor
from hub.inspection.remembered import TooMuch, as_json, of_json
from hub.inspection.skeleton import skeleton
from hub.inspection.tree import Said, lines
from hub.record.rights import Right
from hub.store import connectors, cursor, drafts
from hub.store.drafts import Draft, Taken, TooMany

_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,79}")
_SAID = ("title", "agency", "owner", "contact")
_LONGEST = 200


def start() -> str:
    """What is wanted to begin with, and the drafts that were left."""
    return _start(None)


def begin() -> ResponseReturnValue:
    """A new draft: from a description or an example, or of a type that is known already."""
    name = request.form.get("name", "").strip()
    refused = _refused(name)
    if refused:
        return _start(Trouble(refused)), 422
    files = [file for file in request.files.getlist("files") if file.filename]
    has, type_name = Has(request.form.get("address", "").strip(), files), request.form.get("type", "")
    if not has and type_name not in register().registry.names():
        return _start(Trouble(_("Hãy ghi địa chỉ, gửi tệp, hoặc chọn loại hệ thống."))), 422
    found, text = None, ""
    try:
        if has:
            found = as_json(described_by(has, register().registry))
        else:
            text = _bare(name, type_name)
    except NoAnswer as no:
        return _start(_while_registering(no.trouble)), 422
    except TooMuch as much:
        return _start(Trouble(_("Tài liệu mô tả quá dài."), "", str(much))), 422
    return _kept(name, text, (found or {}) | {"said": _said()})


def _while_registering(trouble: Trouble) -> Trouble:
    """What to do here: whoever is asked for credentials begins with the type, and tells them at the next step."""
    if trouble.code == "unavailable":  # nobody tries again by themselves here
        then = _("Hãy kiểm tra địa chỉ và tường lửa từ máy chủ hub, rồi thử lại sau ít phút.")
        return Trouble(trouble.what, then, trouble.technical, trouble.code)
    if trouble.code != "refused":
        return trouble
    what = _("Hệ thống đòi tài khoản hoặc khóa.")
    then = _(
        "Hãy xóa ô địa chỉ, chọn loại hệ thống ở cuối trang rồi bấm Tiếp tục; địa chỉ và tài khoản khai ở bước sau. "
        "Hoặc gửi một tệp trả lời mẫu."
    )
    return Trouble(what, then, code=trouble.code)


def _kept(name: str, text: str, found: dict[str, Any]) -> ResponseReturnValue:
    try:
        number = drafts.begin(database(), name, visitor().name, text, found, datetime.now(UTC))
    except Taken:
        return _start(Trouble(_("Tên “%(name)s” đang có người soạn; hãy chọn tên khác.", name=name))), 422
    except TooMany:
        what = _("Bạn đã có %(most)s bản nháp; hãy hoàn thành hoặc bỏ bớt.", most=drafts.MOST)
        return _start(Trouble(what)), 422
    return redirect(url_for("console.connector_draft", draft_id=number), 303)


def one(draft_id: int) -> ResponseReturnValue:
    """A draft: its operations to choose from, or the document."""
    draft = _own(draft_id)
    if not draft.text:
        return _operations(draft)
    return _editing(draft).page(request.args.get("view", "form"), Wrong(), draft=draft)


def choose(draft_id: int) -> ResponseReturnValue:
    """Write the document of one operation, as far as it can be guessed."""
    draft = _own(draft_id)
    found = of_json({key: value for key, value in (draft.found or {}).items() if key != "said"})
    at = request.form.get("operation", "")
    operations = found.description.operations
    if not at.isdecimal() or int(at) >= len(operations):
        abort(404)
    said = {key: value for key, value in (draft.found or {}).get("said", {}).items() if value}
    _put(draft, skeleton(found, operations[int(at)], draft.name, said))
    return redirect(url_for("console.connector_draft", draft_id=draft.id), 303)


def save(draft_id: int) -> ResponseReturnValue:
    """Keep what was written; register it where that is what is wanted and nothing is wrong with it."""
    draft = _own(draft_id)
    came, wanted = sent(_editing(draft)), request.form.get("do", "save")
    if came.wrong:
        return _editing(draft, came).page("form", came.wrong, 422, draft=draft)
    _put(draft, came.text)
    if wanted in ("form", "yaml"):
        return redirect(url_for("console.connector_draft", draft_id=draft.id, view=wanted), 303)
    if wanted == "later":
        flash(_("Đã giữ bản nháp “%(name)s”. Mở lại ở trang Đăng ký hệ thống.", name=draft.name))
        return redirect(url_for("console.connector_new"), 303)
    done = write(draft.name, came.text, _("đăng ký qua trang web"), 0)
    if done.put is None:
        return _editing(draft, came).page(request.form.get("view", "form"), done.wrong, 422, draft=draft)
    drafts.drop(database(), draft.id, draft.author)
    flash(_("Đã đăng ký “%(name)s” ở trạng thái bản nháp. Hãy làm các bước tiếp theo bên dưới.", name=draft.name))
    return redirect(url_for("console.connector", name=draft.name), 303)


def drop(draft_id: int) -> ResponseReturnValue:
    """Forget a draft, and the secrets that were set for it alone."""
    draft = _own(draft_id)
    drafts.drop(database(), draft.id, draft.author)
    if connectors.found(database(), draft.name) is None:
        secret_names.forget(draft.name)
    flash(_("Đã bỏ bản nháp “%(name)s”.", name=draft.name))
    return redirect(url_for("console.connector_new"), 303)


def again(draft_id: int) -> ResponseReturnValue:
    """Choose another operation: what was written goes."""
    draft = _own(draft_id)
    if draft.found and "description" in draft.found:
        _put(draft, "")
    return redirect(url_for("console.connector_draft", draft_id=draft.id), 303)


def _operations(draft: Draft) -> ResponseReturnValue:
    found = of_json({key: value for key, value in (draft.found or {}).items() if key != "said"})
    return render_template("console/connectors/operations.html", draft=draft, found=found)


def _editing(draft: Draft, came: Sent | None = None) -> Editing:
    return Editing(draft.name, came.text if came else draft.text)


def _put(draft: Draft, text: str) -> None:
    if not drafts.put(database(), draft.id, draft.author, text, datetime.now(UTC)):
        abort(404)


def _own(draft_id: int) -> Draft:
    found = drafts.of(database(), draft_id, visitor().name) if draft_id <= cursor.LARGEST_ID else None
    if found is None:
        abort(404)
    return found


def _refused(name: str) -> str:
    """Why a connector cannot be called so; empty: it can."""
    refused = ""
    if not _NAME.fullmatch(name):
        refused = _("Tên ngắn gồm chữ thường không dấu, số và dấu gạch nối, ví dụ so-tu-phap-ho-so.")
    elif name == "new" or connectors.found(database(), name) is not None:
        refused = _("Đã có đầu nối tên “%(name)s”; hãy chọn tên khác.", name=name)
    elif visitor().scope.agencies is not None and secret_names.taken(name):
        refused = _("Hub đã giữ bí mật cho tên “%(name)s”; hãy chọn tên khác hoặc hỏi người vận hành.", name=name)
    return refused


def _said() -> dict[str, str]:
    return {key: request.form.get(key, "").strip()[:_LONGEST] for key in _SAID}


def _bare(name: str, type_name: str) -> str:
    """A document of which everything is still to be said."""
    said = _said()
    tree = {
        "name": Said(name),
        "title": Said(said["title"] or name),
        "type": Said(type_name),
        "agency": Said(said["agency"]),
        "mapping": Said(f"{name}/ho-so"),
        **{key: Said(said[key]) for key in ("owner", "contact") if said[key]},
    }
    return "\n".join(lines(tree)) + "\nsettings: {}\n"


def _start(trouble: Trouble | None) -> str:
    return render_template(
        "console/connectors/new.html",
        drafts=drafts.listed(database(), visitor().name),
        types=register().registry.names() if has_register() else [],
        type_words=words.TYPES,
        agencies=sorted(visitor().scope.agencies or ()),
        typed=request.form,
        trouble=trouble,
    )


PAGES = (
    Page("GET", "/connectors/new", "connector_new", start, Right.CONNECT),
    Page("POST", "/connectors/new", "connector_begin", begin, Right.CONNECT, largest=LARGEST),
    Page("GET", "/connectors/new/<int:draft_id>", "connector_draft", one, Right.CONNECT),
    Page("POST", "/connectors/new/<int:draft_id>", "connector_draft_save", save, Right.CONNECT, largest=LARGEST),
    Page("POST", "/connectors/new/<int:draft_id>/operation", "connector_draft_choose", choose, Right.CONNECT),
    Page("POST", "/connectors/new/<int:draft_id>/again", "connector_draft_again", again, Right.CONNECT),
    Page("POST", "/connectors/new/<int:draft_id>/drop", "connector_draft_drop", drop, Right.CONNECT),
)
