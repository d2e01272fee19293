"""Writes a dossier as the justice department's SOAP service does: TCVN3 names, its own dates, statuses as typed."""

from datetime import datetime
from typing import Any
from zlib import crc32

from lxml import etree

from tests.departments.catalogue import STATUSES
from tests.departments.dossier import LOCAL, Dossier, Flaw
from tests.departments.tcvn3 import to_tcvn3

NAMESPACE = "http://sotuphap.example/hoso"
STAMP = "%d/%m/%Y %H:%M:%S"
_DEFAULT: Any = {None: NAMESPACE}  # the stubs of lxml know no default namespace

# As clerks typed them over the years.
_SPELLINGS = (
    str,
    str,
    str.upper,
    str.lower,
    lambda label: f" {label} ",
    lambda label: label.replace(" ", "  ", 1),
    lambda label: f"{label.title()}  ",
)


def child(parent: etree._Element, name: str, text: str | None = None) -> etree._Element:
    """A new element of the service's namespace below `parent`."""
    element = etree.SubElement(parent, f"{{{NAMESPACE}}}{name}", nsmap=_DEFAULT)
    element.text = text
    return element


def stamp(moment: datetime | None) -> str:
    """dd/MM/yyyy HH:mm:ss in local time; nothing where there is no time."""
    return moment.astimezone(LOCAL).strftime(STAMP) if moment else ""


def _unpadded(moment: datetime | None) -> str:
    """d/M/yyyy."""
    if moment is None:
        return ""
    day = moment.astimezone(LOCAL)
    return f"{day.day}/{day.month}/{day.year}"


def status_text(dossier: Dossier) -> str:
    """The status as this dossier's clerk typed it: always the same for one dossier."""
    if dossier.flaw is Flaw.UNKNOWN_STATUS:
        return "Treo chờ ý kiến"
    spelling = _SPELLINGS[crc32(dossier.code.encode()) % len(_SPELLINGS)]
    return spelling(STATUSES[dossier.status][1])


def write_dossier(element: etree._Element, dossier: Dossier) -> None:
    """Fill `element` with what the service says of a dossier, in the order of its schema."""
    person = dossier.applicant
    child(element, "SoHoSo", dossier.code)
    child(element, "MaThuTuc", dossier.procedure.code)
    child(element, "TenThuTuc", dossier.procedure.name)
    child(element, "HoTen", to_tcvn3(person.name))
    child(element, "NgaySinh", f"{person.birth_date:%d/%m/%Y}")
    child(element, "SoGiayTo", person.id_number)
    child(element, "DienThoai", person.phone)
    child(element, "DiaChi", to_tcvn3(person.address))
    if dossier.flaw is not Flaw.NO_STATUS:
        child(element, "TinhTrang", status_text(dossier))
    impossible = dossier.flaw is Flaw.IMPOSSIBLE_DATE
    child(element, "NgayNhan", "31/02/2026 08:15:00" if impossible else stamp(dossier.received_at))
    child(element, "NgayHen", _unpadded(dossier.due_at))
    child(element, "NgayTra", stamp(dossier.returned_at))
    child(element, "NgayCapNhat", stamp(dossier.updated_at))
    child(element, "CanBo", dossier.officer)
    _write_lists(element, dossier)


def _write_lists(element: etree._Element, dossier: Dossier) -> None:
    papers = child(element, "DanhSachGiayTo")
    for number, name in enumerate(dossier.papers, start=1):
        paper = child(papers, "GiayTo")
        child(paper, "MaGiayTo", f"{dossier.procedure.code}.{number:02d}")
        child(paper, "TenGiayTo", name)
    for name, amount in dossier.fees:
        fee = child(element, "LePhi")
        child(fee, "TenLePhi", name)
        child(fee, "SoTien", f"{amount:,}".replace(",", "."))
    history = child(element, "QuaTrinh")
    for step in dossier.steps:
        entry = child(history, "Buoc")
        child(entry, "ThoiDiem", stamp(step.at))
        child(entry, "NoiDung", step.text)
        child(entry, "CanBo", step.officer)
        child(entry, "PhongBan", step.unit)
        child(entry, "TrangThai", STATUSES[step.status][1])
