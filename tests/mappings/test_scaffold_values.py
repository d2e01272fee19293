"""What samples look like: times and their patterns, words of tables, old fonts, and what must not be shown."""

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mappings.scaffold.labels import meaning
from mappings.scaffold.personal import BLANK, shown
from mappings.scaffold.times import DAY_FIRST, MONTH_FIRST, times
from mappings.scaffold.values import is_tcvn3, is_vni
from tests.departments.tcvn3 import to_tcvn3


@pytest.mark.parametrize(
    ("samples", "patterns"),
    [
        (["20/05/2026 08:15:59", "01/02/2026 00:00:00"], ["dd/MM/yyyy HH:mm:ss"]),
        (["3/6/2026", "21/6/2026"], ["d/M/yyyy"]),
        (["06/21/2026"], ["MM/dd/yyyy"]),
        (["2026-05-20"], ["iso"]),
        (["2026-05-20T08:15:00.000+0700"], ["iso"]),
        (["2026-05-20 08:15"], ["iso"]),
        (["20260520081500", ""], ["yyyyMMddHHmmss"]),
        (["20260520"], ["yyyyMMdd"]),
        (["1779239700000", "1779239700001"], ["epoch_millis"]),
        (["1779239700"], ["epoch_seconds"]),
        (["2024/10/03 00:00:00+00"], ["yyyy/MM/dd HH:mm:ssX"]),
        (["13/01/2026 12:50 CH"], ["dd/MM/yyyy hh:mm a"]),
        (["13/01/2026 9:05:01 AM"], ["dd/MM/yyyy h:mm:ss a"]),
        (["08:15 20/05/2026"], ["HH:mm dd/MM/yyyy"]),
        (["20-05-2026", "21.05.2026", "22-05-2026"], ["dd-MM-yyyy", "dd.MM.yyyy"]),
        (["20/05/2026", "2026-05-20T08:15:00"], ["dd/MM/yyyy", "iso"]),
    ],
)
def test_the_pattern_that_samples_are_written_in_is_found(samples: list[str], patterns: list[str]) -> None:
    found = times(samples)
    assert found
    assert (list(found.patterns), found.share) == (patterns, 1.0)


@pytest.mark.parametrize(
    "samples",
    [
        [],
        [""],
        ["abc"],
        ["12345678"],
        ["0901234567"],
        ["000190000001"],
        ["13/05/2026", "05/13/2026"],
        ["32/01/2026"],
        ["1", "2"],
        ["20/05/26"],
    ],
)
def test_what_is_no_time_is_not_taken_for_one(samples: list[str]) -> None:
    assert times(samples) is None


def test_day_and_month_are_in_doubt_until_a_sample_tells_them_apart() -> None:
    open_, first, second = (
        times(["01/02/2026"]),
        times(["01/02/2026", "13/02/2026"]),
        times(["01/02/2026", "01/13/2026"]),
    )
    assert open_
    assert first
    assert second
    assert (open_.ambiguous, open_.order) == (True, None)
    assert (first.ambiguous, first.order) == (False, DAY_FIRST)
    assert (second.ambiguous, second.order) == (False, MONTH_FIRST)
    assert open_.as_ordered(MONTH_FIRST).patterns == ("MM/dd/yyyy",)
    assert open_.as_ordered(DAY_FIRST).patterns == ("dd/MM/yyyy",)


def test_what_stands_where_there_is_no_time_is_named() -> None:
    found = times(["0", "1779239700000"])
    assert found
    assert found.fillers == ("0",)
    dated = times(["0001-01-01T00:00:00", "2026-05-20T08:00:00"])
    assert dated
    assert dated.fillers == ("0001-01-01T00:00:00",)


def test_a_day_without_a_clock_is_told_from_a_time() -> None:
    assert [
        found.has_clock for text in ("20/05/2026", "2026-05-20", "20/05/2026 08:15") if (found := times([text]))
    ] == [
        False,
        False,
        True,
    ]


@given(st.lists(st.datetimes(datetime(1950, 1, 1), datetime(2050, 1, 1)), min_size=1))
def test_a_pattern_that_is_found_reads_every_sample(moments: list[datetime]) -> None:
    found = times([f"{moment:%d/%m/%Y %H:%M}" for moment in moments])
    assert found
    assert found.share == 1.0


@pytest.mark.parametrize(
    ("label", "status"),
    [
        ("Đã trả kết quả", "returned"),
        ("ĐÃ TRẢ  KẾT QUẢ", "returned"),
        ("Chờ trả kết quả", "completed"),
        ("Đã giải quyết xong, chờ trả", "completed"),
        ("Yêu cầu bổ sung giấy tờ", "supplement_requested"),
        ("Chờ công dân bổ sung hồ sơ", "supplement_requested"),
        ("Yêu cầu thanh toán", "payment_requested"),
        ("Đang thẩm định", "processing"),
        ("Chờ lãnh đạo phê duyệt", "processing"),
        ("Chờ tiếp nhận", "registered"),
        ("Không được tiếp nhận", "not_accepted"),
        ("Từ chối tiếp nhận hồ sơ", "not_accepted"),
        ("Công dân xin rút hồ sơ", "withdrawn"),
        ("Tạm dừng giải quyết", "stopped"),
        ("IN_PROGRESS", "processing"),
        ("releasing", "completed"),
        ("done", "returned"),
    ],
)
def test_a_label_means_a_status(label: str, status: str) -> None:
    found = meaning("status", label)
    assert found
    assert found.word == status


@pytest.mark.parametrize("label", ["", "Treo", "4", "A1", "VERIFIED", "Xanh"])
def test_a_label_of_no_known_meaning_is_not_guessed(label: str) -> None:
    assert meaning("status", label) is None


def test_an_old_font_is_recognised_by_letters_that_vietnamese_lacks() -> None:
    names = ["Nguyễn Thị Hường", "Trần Văn Ký", "Đặng Thùy Dương"]
    assert is_tcvn3([to_tcvn3(name.replace("Đ", "đ")) for name in names])
    assert not is_tcvn3(names)
    assert not is_tcvn3(["Công dân", "Cổng dịch vụ công", "ĐÃ TRẢ", "§ 5"])
    assert not is_tcvn3(["Công dân"])
    assert not is_tcvn3(["Nguyen Van An", ""])
    assert is_vni(["Nguyeãn Thò Höôøng", "Traàn Vaên Kyù"])
    assert not is_vni([*names, "Hoàng Toán khoá thuê luật"])


@pytest.mark.parametrize(
    ("names", "text", "seen"),
    [
        (("HoTen",), "Nguyễn Văn An", "xxxxxx xxx xx"),
        (("tenKhac",), "NGUYỄN VĂN AN", "xxxxxx xxx xx"),
        (("x",), "NguyÔn ThÞ H­êng", "xxxxxx xxx xxxxx"),
        (("x",), "0901 234 567", "9999 999 999"),
        (("x",), "000190000001", "999999999999"),
        (("x",), "thu@hoso.example", "xxx@xxxx.xxxxxxx"),
        (("applicant", "data", "anything"), "ab1", "xx9"),
        (("NgaySinh",), "01/02/1990", "99/99/9999"),
        (("DiaChi",), "12 Lê Lợi", "99 xx xxx"),
        (("GhiChu",), "Bà An nộp thay", "xx xx xxx xxxx"),
        (("matKhau",), "x", BLANK),
        (("access_token",), "abc", BLANK),
        (("SoHoSo",), "000.00.15.H29-260520-0001", "000.00.15.H29-260520-0001"),
        (("MaGiayTo",), "2.000488.01", "2.000488.01"),
        (("TenTTHC",), "Cấp Phiếu lý lịch tư pháp", "Cấp Phiếu lý lịch tư pháp"),
        (("TrangThai",), "Đang Xử Lý", "Đang Xử Lý"),
        (("NgayNhan",), "20/05/2026 08:15", "20/05/2026 08:15"),
    ],
)
def test_a_sample_shows_its_form_only_where_it_may_be_about_somebody(
    names: tuple[str, ...], text: str, seen: str
) -> None:
    assert shown(names, text) == seen
