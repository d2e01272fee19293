"""The bodies that a broken or hostile department sends; each is what its name says, to the byte."""

import gzip
from collections.abc import Iterator

LOGIN_PAGE = """<!DOCTYPE html>
<html lang="vi"><head><title>Đăng nhập</title></head>
<body><form action="/login" method="post">
<h1>Phiên làm việc đã hết hạn</h1><label>Tên đăng nhập <input name="user"></label>
<label>Mật khẩu <input name="password" type="password"></label><button>Đăng nhập</button>
</form></body></html>
""".encode()

_ANSWER = (
    '<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Body>'
    '<LayDanhSachHoSoResponse xmlns="http://sotuphap.example/hoso"><LayDanhSachHoSoResult>'
    "<TongSo>1</TongSo><ConTrang>false</ConTrang><DanhSach><HoSo>"
    "<SoHoSo>000.00.15.H29-260520-0001</SoHoSo><HoTen>{content}</HoTen>"
    "</HoSo></DanhSach></LayDanhSachHoSoResult></LayDanhSachHoSoResponse></soap:Body></soap:Envelope>"
)
_LAUGHS = 9
_DEPTH = 100_000
_SPACES = 16 * 2**20

INVALID_JSON = b'{"content": [{"id": "5f0c1b2a3d4e5f6071829304", "code": NaN-0001, }], "last": true}'
INVALID_XML = _ANSWER.format(content="Nguyễn & Trần <br>").encode()
EXTERNAL_ENTITY = (
    '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY file SYSTEM "file:///etc/passwd">]>' + _ANSWER.format(content="&file;")
).encode()
BILLION_LAUGHS = (
    '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY ha0 "ha">'
    + "".join(f'<!ENTITY ha{n} "{f"&ha{n - 1};" * 10}">' for n in range(1, _LAUGHS + 1))
    + "]>"
    + _ANSWER.format(content=f"&ha{_LAUGHS};")
).encode()
UTF_16_DOCTYPE = (
    BILLION_LAUGHS.decode().replace('?xml version="1.0"', '?xml version="1.0" encoding="utf-16"').encode("utf-16")
)
DEEP_JSON = b'{"content": ' + b"[" * _DEPTH + b"]" * _DEPTH + b', "last": true}'
DEEP_XML = _ANSWER.format(content="<a>" * _DEPTH + "</a>" * _DEPTH).encode()


def endless() -> Iterator[bytes]:
    """The beginning of an answer and then spaces, for as long as anybody listens."""
    yield b" "
    spaces = b" " * 65536
    while True:
        yield spaces


def gzip_bomb() -> bytes:
    """About a megabyte that unpacks to a gigabyte of spaces."""
    return gzip.compress(b" " * _SPACES, mtime=0) * 64
