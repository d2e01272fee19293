"""A department that is never the bottleneck: a REST and a SOAP list of any length, made while it is sent by a process
of its own. A path says in how many pages of 1,000 records it lies (`/soap/100`), or that they are one answer."""

import sys
import threading
from functools import lru_cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import orjson

PAGE = 1000  # records
_NUMBER = b"@@@@@@"  # where the number of a page stands in what is sent
_FIELDS: tuple[tuple[str, str, object], ...] = (  # as a department's case file: about 2 KB
    ("NgayCapNhat", "dateTime", "2026-05-20T08:15:00+07:00"),
    ("MaThuTuc", "string", "2.000488.000.00.00.H29"),
    ("TenThuTuc", "string", "Cấp phiếu lý lịch tư pháp cho công dân Việt Nam, người nước ngoài đang cư trú"),
    ("LinhVuc", "string", "Lý lịch tư pháp"),
    ("HoTen", "string", "Nguyễn Thị Minh Khai"),
    ("NgaySinh", "date", "1990-01-02"),
    ("GioiTinh", "int", 2),
    ("SoDinhDanh", "string", "000190000001"),
    ("DienThoai", "string", "0900000000"),
    ("ThuDienTu", "string", "minh.khai@example.com"),
    ("DiaChi", "string", "Số 12, đường Nguyễn Thị Minh Khai, phường Bến Nghé, Thành phố Hồ Chí Minh"),
    ("NgayNhan", "dateTime", "2026-05-18T08:00:00+07:00"),
    ("NgayHenTra", "dateTime", "2026-06-01T17:00:00+07:00"),
    ("TrangThai", "int", 4),
    ("TenTrangThai", "string", "Đang xử lý"),
    ("LePhi", "decimal", 200000),
    ("DaThanhToan", "boolean", True),
    ("NguoiThuLy", "string", "Trần Văn Hòa"),
    ("DonViThuLy", "string", "Phòng Hành chính tư pháp, Sở Tư pháp Thành phố Hồ Chí Minh"),
    ("MaDonVi", "string", "000.00.15.H29"),
    ("HinhThucNop", "int", 1),
    ("SoLuongHoSo", "int", 1),
    ("MucDo", "int", 4),
    ("KetQua", "string", "Phiếu lý lịch tư pháp số 1, gửi qua bưu chính công ích đến tận nhà người nộp hồ sơ"),
    ("GhiChu", "string", "Công dân nộp hồ sơ trực tuyến qua cổng dịch vụ công, nhận kết quả qua bưu chính. " * 6),
    ("NguoiTao", "string", "cong.dan@example.com"),
    ("NgayTao", "dateTime", "2026-05-17T21:40:12+07:00"),
    ("PhienBan", "int", 3),
    ("MaTraCuu", "string", "b2c7a0f4-5a35-4b6e-8a51-3f7d6a1e2c90"),
)
_KEY = "SoHoSo"
_WSDL = """<?xml version="1.0" encoding="utf-8"?>
<definitions xmlns="http://schemas.xmlsoap.org/wsdl/" xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:t="urn:ho-so"
    xmlns:soap="http://schemas.xmlsoap.org/wsdl/soap/" targetNamespace="urn:ho-so">
  <types><xs:schema targetNamespace="urn:ho-so" elementFormDefault="qualified">
    <xs:element name="LayDanhSach"><xs:complexType><xs:sequence>
      <xs:element name="trang" type="xs:int"/></xs:sequence></xs:complexType></xs:element>
    <xs:element name="LayDanhSachResponse"><xs:complexType><xs:sequence>
      <xs:element name="DanhSach"><xs:complexType><xs:sequence>
        <xs:element name="HoSo" minOccurs="0" maxOccurs="unbounded"><xs:complexType><xs:sequence>{fields}
        </xs:sequence></xs:complexType></xs:element></xs:sequence></xs:complexType></xs:element>
      <xs:element name="ConTrang" type="xs:boolean"/></xs:sequence></xs:complexType></xs:element>
  </xs:schema></types>
  <message name="In"><part name="parameters" element="t:LayDanhSach"/></message>
  <message name="Out"><part name="parameters" element="t:LayDanhSachResponse"/></message>
  <portType name="P"><operation name="LayDanhSach">
    <input message="t:In"/><output message="t:Out"/></operation></portType>
  <binding name="B" type="t:P"><soap:binding transport="http://schemas.xmlsoap.org/soap/http"/>
    <operation name="LayDanhSach"><soap:operation soapAction="urn:ho-so/LayDanhSach" style="document"/>
      <input><soap:body use="literal"/></input><output><soap:body use="literal"/></output></operation></binding>
  <service name="HoSo"><port name="Soap" binding="t:B"><soap:address location="http://{host}{path}"/></port></service>
</definitions>"""
_BEFORE = (
    b'<?xml version="1.0" encoding="utf-8"?><s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/">'
    b'<s:Body><LayDanhSachResponse xmlns="urn:ho-so"><DanhSach>'
)
_BEHIND = b"</DanhSach><ConTrang>%s</ConTrang></LayDanhSachResponse></s:Body></s:Envelope>"


def _xml_page() -> bytes:
    fields = "".join(f"<{name}>{str(value).lower() if value is True else value}</{name}>" for name, _, value in _FIELDS)
    key = f"<{_KEY}>H29-{_NUMBER.decode()}-{{:04}}</{_KEY}>"
    return "".join(f"<HoSo>{key.format(at)}{fields}</HoSo>" for at in range(PAGE)).encode()


def _json_page() -> bytes:
    rest = {name: value for name, _, value in _FIELDS}
    people = [{"vaiTro": role, "hoTen": "Nguyễn Thị Minh Khai"} for role in ("nguoi nop", "chu ho so")]
    papers = [{"ten": name, "soBan": 1} for name in ("Tờ khai", "Căn cước công dân", "Giấy ủy quyền")]
    records = [
        {_KEY: f"H29-{_NUMBER.decode()}-{at:04}", **rest, "nguoi": people, "giayTo": papers} for at in range(PAGE)
    ]
    return orjson.dumps(records)[1:-1]


_XML, _JSON = _xml_page(), _json_page()


@lru_cache(maxsize=200)  # as many as are asked for again; of a huge answer none
def _numbered(page: bytes, number: int) -> bytes:
    return page.replace(_NUMBER, b"%06d" % number)


class _Department(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        asked = urlsplit(self.path)
        if asked.path.startswith(("/soap", "/huge")):
            kinds = (_KEY, "string"), *((name, kind) for name, kind, _ in _FIELDS)
            fields = "".join(f'\n<xs:element name="{name}" type="xs:{kind}" minOccurs="0"/>' for name, kind in kinds)
            described = _WSDL.format(fields=fields, host=self.headers["Host"], path=asked.path)
            self._say("text/xml", b"", described.encode(), range(1), b"")
        else:
            page, pages = int(parse_qs(asked.query)["page"][0]), int(asked.path.rpartition("/")[2])
            end = b'],"last":%s}' % (b"true" if page + 1 >= pages else b"false")
            self._say("application/json", b'{"content":[', _JSON, range(page, page + 1), end)

    def do_POST(self) -> None:
        sent = self.rfile.read(int(self.headers["Content-Length"]))
        page = int(sent.partition(b"trang>")[2].partition(b"<")[0])
        kind, _, pages = self.path.strip("/").partition("/")
        numbers = range(page, int(pages) if kind == "huge" else page + 1)
        end = _BEHIND % (b"true" if numbers.stop < int(pages) else b"false")
        self._say("text/xml", _BEFORE, _XML, numbers, end)

    def _say(self, media_type: str, start: bytes, page: bytes, numbers: range, end: bytes) -> None:
        self.send_response(200)
        self.send_header("Content-Type", f"{media_type}; charset=utf-8")
        self.send_header("Content-Length", str(len(start) + len(page) * len(numbers) + len(end)))
        self.end_headers()
        self.wfile.write(start)
        for number in numbers:
            self.wfile.write(_numbered(page, number))
        self.wfile.write(end)

    def log_message(self, *_: object) -> None:
        """Say nothing: only the figures count."""


def main() -> None:
    """Serve until standard input closes; prints `ready URL`."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Department)
    server.daemon_threads = True
    print(f"ready http://127.0.0.1:{server.server_port}", flush=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    sys.stdin.read()
    server.shutdown()


if __name__ == "__main__":
    main()
