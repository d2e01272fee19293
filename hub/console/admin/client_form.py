"""The form of a client: what it shows of one, and the document that it makes of what was filled in."""

import re
from collections.abc import Mapping
from typing import Any

import orjson
from flask_babel import gettext as _

from hub.record.confidentiality import Level
from hub.record.grant import PROFILES, Group, Sight
from hub.store.clients import Client, Role

ROLES = (Role.QUERY, Role.READ, Role.MANAGE)
LIMITS = ("agencies", "procedures", "fields")
_QUOTAS = ("per_minute", "per_day")
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,79}")
_NUMBER = re.compile(r"[1-9][0-9]{0,8}", re.ASCII)
_LINE, _CODES = 300, 40_000  # letters
_PLAIN = ("client", "title", "role", "purpose", "profile", "level", "issuer", "subject", "reason", *_QUOTAS)

Form = Mapping[str, str]


def empty() -> dict[str, str]:
    """The form of a new client: nothing personal is shown unless somebody says so."""
    return {"role": Role.QUERY, "profile": "public", "level": Level.NORMAL} | dict.fromkeys(Group, Sight.HIDDEN)


def of_client(client: Client) -> dict[str, str]:
    """The form as it stands for a client."""
    grant, quota, subject = client.grant, client.quota, client.subject
    codes = {name: "\n".join(getattr(grant, name) or ()) for name in LIMITS}
    return {
        "client": client.name,
        "title": client.title,
        "role": client.role,
        "purpose": client.purpose,
        "profile": "",
        "level": grant.level,
        **(codes if client.role is Role.QUERY else {}),
        **{group: grant.of(group) for group in Group},
        **{name: str(getattr(quota, name) or "") for name in _QUOTAS},
        **({"issuer": subject.issuer, "subject": subject.name} if subject else {}),
    }


def filled(form: Form, name: str | None) -> dict[str, str]:
    """What was filled in, no longer than it may be; a client that there is keeps its `name`."""
    told = {one: form.get(one, "").strip()[:_LINE] for one in (*_PLAIN, *Group)}
    told |= {one: form.get(one, "")[:_CODES] for one in LIMITS}
    return told | ({} if name is None else {"client": name})


def wrong(form: Form, *, new: bool) -> list[str]:
    """What has to be filled in otherwise: sentences."""
    said = []
    if new and not _NAME.fullmatch(form["client"]):
        said.append(_("Tên: chỉ dùng chữ thường không dấu, số, dấu chấm, gạch nối; ví dụ cong-dich-vu-cong."))
    if form["role"] not in ROLES:
        said.append(_("Hãy chọn quyền của ứng dụng."))
    if form["role"] == Role.QUERY and not form["purpose"]:
        said.append(_("Hãy ghi mục đích: nó đứng trong nhật ký đọc dữ liệu cá nhân."))
    if any(form[name] and not _NUMBER.fullmatch(form[name]) for name in _QUOTAS):
        said.append(_("Hạn mức là một số nguyên dương, hoặc để trống."))
    if bool(form["issuer"]) != bool(form["subject"]):
        said.append(_("Đăng nhập bằng mã thông báo cần cả nhà cung cấp và tên ở đó, hoặc để trống cả hai."))
    if form[Group.PROVENANCE] == Sight.MASKED:
        said.append(_("Nguồn gốc không che bớt được: hãy ẩn hoặc cho xem đầy đủ."))
    return said


def document(form: Form) -> str:
    """The client's document, as `hub client put` takes it too."""
    told: dict[str, Any] = {name: form[name] for name in ("client", "title", "role", "purpose")}
    if form["role"] == Role.QUERY:
        told["sees"] = {name: codes for name in LIMITS if (codes := form[name].split())}
        if form["profile"] in PROFILES:
            told["profile"] = form["profile"]
        else:
            told["sees"] |= {name: form[name] for name in ("level", *Group) if form[name]}
    if quota := {name: int(form[name]) for name in _QUOTAS if form[name]}:
        told["quota"] = quota
    if form["issuer"]:
        told["token"] = {"issuer": form["issuer"], "client": form["subject"]}
    return orjson.dumps(told, option=orjson.OPT_INDENT_2 | orjson.OPT_NON_STR_KEYS).decode()
