"""Text that was written for another character set than it was read with: TCVN3, VNI, windows-1258, UTF-8.

Each function turns such text into Unicode; it raises `Damaged` for text that cannot be of its kind, kept as it came.
"""

import re
from collections.abc import Callable

from mappings.engine.draft import Damaged

Decode = Callable[[str], str]

# TCVN3 (TCVN 5712 by way of a .Vn font): bytes that look like these letters when read as Windows-1252.
_TCVN3 = "µ¸¶·¹¨»¾¼½Æ©ÇÊÈÉË®ÌÐÎÏÑªÒÕÓÔÖ×ÝØÜÞßãáâä«åèæçé¬êíëìîïóñòô\u00adõøö÷ùúýûüþ¡¢§£¤¥¦"
_UNICODE = "àáảãạăằắẳẵặâầấẩẫậđèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵĂÂĐÊÔƠƯ"
_FROM_TCVN3 = str.maketrans(_TCVN3, _UNICODE)
_NOT_TCVN3 = re.compile(f"[\u00a1-\u024f\u1ea0-\u1eff](?<![{re.escape(_TCVN3)}])")
_CAPITALS = re.compile(r"[A-Z]{2}")
_SMALL = re.compile(r"[a-z]")
# No Vietnamese word has ơ before ng, c or u: there was an ư, in TCVN3 a soft hyphen, and many tools drop those.
_WITHOUT_U = re.compile(r"(?<![ưƯ])[ơờớởỡợƠỜỚỞỠỢ](?:ng|NG|[cuCU](?!\w))")

# VNI: a letter, then a second one as its mark. The marks stand in the order of the letters that they make.
_VNI_LETTERS = {
    "a": ("ùøûõïâáàåãäêéèúüë", "áàảãạâấầẩẫậăắằẳẵặ"),
    "e": ("ùøûõïâáàåãä", "éèẻẽẹêếềểễệ"),
    "o": ("ùøûõïâáàåãä", "óòỏõọôốồổỗộ"),
    "u": ("ùøûõï", "úùủũụ"),
    "y": ("ùøûõ", "ýỳỷỹ"),
    "ô": ("ùøûõï", "ớờởỡợ"),
    "ö": ("ùøûõï", "ứừửữự"),
}
_VNI_ALONE = dict(zip("ñôöíìæóòî", "đơưíìỉĩịỵ", strict=True))


def _vni_table() -> dict[str, str]:
    small = dict(_VNI_ALONE)
    for letter, (marks, made) in _VNI_LETTERS.items():
        small |= {letter + mark: one for mark, one in zip(marks, made, strict=True)}
    capitals = {written.upper(): one.upper() for written, one in small.items()}
    # A capital with the mark of a small letter shows as a capital too, and people type it so.
    mixed = {written[0].upper() + written[1]: one.upper() for written, one in small.items() if len(written) == 2}
    return small | mixed | capitals


VNI = _vni_table()
_VNI_WORDS = re.compile("|".join(sorted(VNI, key=len, reverse=True)))  # the longest first
_ACCENTED = re.compile("[\u00a1-\u024f\u1ea0-\u1eff]")


def _windows_1258() -> dict[int, str]:
    """Where Windows-1258 and Windows-1252 have different letters under one byte."""
    bytes_ = [bytes([one]) for one in range(0x80, 0x100)]
    both = [(one.decode("cp1252", "ignore"), one.decode("cp1258", "ignore")) for one in bytes_]
    return {ord(read): meant for read, meant in both if read and meant and read != meant}


_FROM_1258 = _windows_1258()
_NOT_CP1252 = re.compile("[\u0100-\u0151\u0154-\u015f\u1ea0-\u1eff]")
_MARK = re.compile("[\u0300\u0301\u0303\u0309\u0323]")
_MARKED = re.compile("[AEIOUYaeiouyĂÂÊÔƠƯăâêôơư][\u0300\u0301\u0303\u0309\u0323]")
_BYTES = {ord(bytes([one]).decode("cp1252", "ignore") or chr(one)): one for one in range(0x80, 0x100)}


def _kept(text: str, charset: str) -> Damaged:
    what = f"it has letters that {charset} does not have and was kept as it came"
    return Damaged(text.strip(), f"a text in {charset}", what)


def from_tcvn3(text: str) -> str:
    """TCVN3 text as Unicode. Raises `Damaged` for text that cannot be TCVN3, and where its ư was lost."""
    if text.isascii():
        return text
    if _NOT_TCVN3.search(text):
        raise _kept(text, "TCVN3")
    turned = text.translate(_FROM_TCVN3)
    if _CAPITALS.search(turned) and not _SMALL.search(turned):
        turned = turned.upper()  # the fonts for capitals (.VnTimeH) show the codes of small letters as capitals
    if _WITHOUT_U.search(turned):
        hint = "an ư was lost before it reached us (TCVN3 writes it as a soft hyphen); ask for the text again"
        raise Damaged(turned.strip(), "a text with all its letters", hint)
    return turned


def from_vni(text: str) -> str:
    """VNI text as Unicode. Raises `Damaged` for text that cannot be VNI."""
    if text.isascii():
        return text
    if _ACCENTED.search(_VNI_WORDS.sub("", text)):
        raise _kept(text, "VNI")
    return _VNI_WORDS.sub(lambda found: VNI[found[0]], text)


def from_windows_1258(text: str) -> str:
    """Text in windows-1258 that was read as Windows-1252, its tones as marks. Raises `Damaged` where it cannot be."""
    if text.isascii():
        return text
    turned = text.translate(_FROM_1258)
    if _NOT_CP1252.search(text) or len(_MARKED.findall(turned)) != len(_MARK.findall(turned)):
        raise _kept(text, "windows-1258")
    return turned


def from_utf_8(text: str) -> str:
    """UTF-8 that was read as Windows-1252 (`Nguyá»…n`). Raises `Damaged` where it cannot be."""
    if text.isascii():
        return text
    try:
        return bytes(_BYTES.get(ord(letter), ord(letter)) for letter in text).decode()
    except ValueError:
        raise _kept(text, "UTF-8 that was read as Windows-1252") from None
