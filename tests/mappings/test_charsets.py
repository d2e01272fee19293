"""Text of old fonts and wrong charsets comes back as it was written, and what lost letters is told from a question."""

import string
from collections.abc import Callable
from unicodedata import normalize

import pytest
from hypothesis import event, given
from hypothesis import strategies as st

from mappings.engine.charsets import from_tcvn3, from_utf_8, from_vni, from_windows_1258
from mappings.engine.damage import lost
from mappings.engine.draft import Damaged
from mappings.engine.text import CHARSETS, decoder, reader
from tests.departments.tcvn3 import LETTERS, to_tcvn3
from tests.mappings.conftest import Read

SMALL = "àáảãạăằắẳẵặâầấẩẫậđèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵ"
VIETNAMESE = SMALL + SMALL.upper()
PLAIN = string.ascii_letters + string.digits + " ,./-"
ACCENTS = dict(zip("\u0301\u0300\u0309\u0303\u0323", "ùøûõï", strict=True))  # the five tones, as VNI marks them
CIRCUMFLEX, BREVE, HORN = "\u0302", "\u0306", "\u031b"
SHAPED = {
    CIRCUMFLEX: dict(zip(("", *ACCENTS), "âáàåãä", strict=True)),
    BREVE: dict(zip(("", *ACCENTS), "êéèúüë", strict=True)),
}
ALONE = {"đ": "ñ", "í": "í", "ì": "ì", "ỉ": "æ", "ĩ": "ó", "ị": "ò", "ỵ": "î"}
SENTENCES = (
    "Cộng hòa xã hội chủ nghĩa Việt Nam",
    "Độc lập - Tự do - Hạnh phúc",
    "Nguyễn Thị Hường, phường Bến Nghé, Quận 1",
    "Đề nghị cấp giấy phép xây dựng nhà ở riêng lẻ",
    "Trường Đại học Sư phạm Kỹ thuật",
)


def to_vni(text: str) -> str:
    """How a VNI program stores it: built from the letter and its marks, and so another way than our table."""
    return "".join(map(_vni, text))


def _vni(letter: str) -> str:
    if letter.lower() in ALONE:
        made = ALONE[letter.lower()]
    else:
        base, *marks = normalize("NFD", letter.lower())
        tone = next((mark for mark in marks if mark in ACCENTS), "")
        shape = next((mark for mark in marks if mark in SHAPED), "")
        base = {"o": "ô", "u": "ö"}.get(base, base) if HORN in marks else base
        made = base + (SHAPED[shape][tone] if shape else ACCENTS.get(tone, ""))
    return made.upper() if letter.isupper() else made


def to_windows_1258(text: str) -> str:
    """How it looks to whoever takes windows-1258 for Windows-1252: letters with their shape, tones as marks behind."""
    written = b""
    for letter in text:
        base, *marks = normalize("NFD", letter)
        tones = "".join(mark for mark in marks if mark in ACCENTS)
        shaped = normalize("NFC", base + "".join(mark for mark in marks if mark not in ACCENTS))
        written += (shaped + tones).encode("cp1258")
    return written.decode("cp1252")


def to_utf_8(text: str) -> str:
    """UTF-8 that was read as Windows-1252; its five unused bytes as every browser reads them."""
    return "".join(bytes([one]).decode("cp1252", "ignore") or chr(one) for one in text.encode())


@given(st.text(VIETNAMESE + PLAIN))
def test_what_a_vni_program_wrote_comes_back(text: str) -> None:
    assert from_vni(to_vni(text)) == text


@given(st.text(VIETNAMESE + PLAIN))
def test_windows_1258_that_was_misread_comes_back(text: str) -> None:
    assert normalize("NFC", from_windows_1258(to_windows_1258(text))) == text


@given(st.text(VIETNAMESE + PLAIN))
def test_utf_8_that_was_misread_comes_back(text: str) -> None:
    assert from_utf_8(to_utf_8(text)) == text


@given(st.text(LETTERS + PLAIN))
def test_what_a_tcvn3_program_wrote_comes_back_or_is_flagged(text: str) -> None:
    written = to_tcvn3(text)
    try:
        back = from_tcvn3(written)
    except Damaged:
        event("flagged")
        assert any(letter in text.lower() for letter in "ơờớởỡợ")
    else:
        assert back in (text, text.upper())


@pytest.mark.parametrize("sentence", SENTENCES)
@pytest.mark.parametrize("write", [to_vni, to_windows_1258, to_utf_8], ids=["vni", "windows-1258", "utf-8"])
def test_real_sentences_come_back(sentence: str, write: Callable[[str], str]) -> None:
    charset = write.__name__.removeprefix("to_").replace("_", "-")
    assert reader((charset,), frozenset({""}))(write(sentence)) == sentence


def test_vni_reads_a_capital_with_the_mark_of_a_small_letter() -> None:
    assert from_vni("Aán ñònh") == "Ấn định"


@pytest.mark.parametrize("sentence", [one for one in SENTENCES if "Đại" not in one and "Đề" not in one])
def test_a_soft_hyphen_that_a_tool_dropped_is_noticed(sentence: str) -> None:
    written = to_tcvn3(sentence)
    assert from_tcvn3(written) == sentence
    if "ươ" in sentence.lower() or "ườ" in sentence:
        with pytest.raises(Damaged, match="all its letters"):
            from_tcvn3(written.replace("\u00ad", ""))


def test_tcvn3_text_in_a_font_for_capitals_becomes_capitals() -> None:
    assert from_tcvn3(to_tcvn3("NGUYễN THị HườNG")) == "NGUYỄN THỊ HƯỜNG"
    assert from_tcvn3(to_tcvn3("Lý Tự Trọng")) == "Lý Tự Trọng"


@pytest.mark.parametrize("charset", CHARSETS)
@pytest.mark.parametrize("text", ["Nguyễn Thị Hường", "Trần", "ThÞ ầ\x00 "])
def test_text_of_another_charset_is_kept_as_it_came_and_flagged(charset: str, text: str) -> None:
    decode = decoder([charset])
    assert decode is not None
    with pytest.raises(Damaged) as damaged:
        decode(text)
    assert damaged.value.kept == text.replace("\x00", "").strip()


@pytest.mark.parametrize("text", ["Trần thị", "Hà", "Ñ à"])
def test_vni_marks_without_their_letter_are_flagged(text: str) -> None:
    with pytest.raises(Damaged):
        from_vni(text)


@given(st.text())
def test_any_text_is_decoded_or_damaged(text: str) -> None:
    for charset in CHARSETS.values():
        try:
            turned = charset(text)
        except Damaged:
            continue
        assert isinstance(turned, str)


def test_a_field_has_one_charset_only(read: Read) -> None:
    with pytest.raises(Exception, match="a text is written in one charset, not in tcvn3 and vni"):
        read("  note: {from: a, text: [tcvn3, vni]}\n", {})


@pytest.mark.parametrize(
    "text",
    [
        "Thanh to?n cho h? s?",
        "Nguy?n Th? H??ng",
        "NGUY?N VAN A",
        "Tr?n V?n B",
        "gi?y t?",
        "ngu?i nộp",
        "S? Tu pháp",
        "????? ????",
        "Nguy?n Đức",
        "b? sung gi?y t?",
        "Qu?n 5",
        "Lê Th?",
        "a\ufffdb",
    ],
)
def test_letters_that_became_question_marks_are_noticed(text: str) -> None:
    assert lost(text)


@pytest.mark.parametrize(
    "text",
    [
        "Có đúng không?",
        "Có đúng không?Vâng",
        "Ở đâu?Khi nào?",
        "Hồ sơ đã đủ chưa? Đề nghị trả lời.",
        "KHÔNG?ĐỀ NGHỊ BỔ SUNG",
        "Đã nộp chưa?chưa",
        "Có cần bản chính không ?",
        "Loại A hay B?",
        "Thuộc TP?",
        "Ý?",
        "Sao không???",
        "(?)",
        "?",
        "https://hoso.example/a?b=c",
        "hoso.example/xem?so",
        "xem.aspx?id=5",
        "1?2",
        "",
    ],
)
def test_an_honest_question_is_not_taken_for_damage(text: str) -> None:
    assert not lost(text)


@given(st.lists(st.sampled_from(" ".join(SENTENCES).split()), min_size=1, max_size=8))
def test_a_question_of_whole_words_is_never_flagged(words: list[str]) -> None:
    question = " ".join(words).rstrip("-,").strip()
    assert not question or not lost(f"{question}? Đề nghị {question.lower()} ?")
