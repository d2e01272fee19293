"""What the words of a source's own tables mean: statuses, channels, kinds of owner, yes and no."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from mappings.engine.shared_tables import SHARED
from mappings.scaffold.words import fold

SURE, LIKELY, WEAK = 0.95, 0.75, 0.5
_SPACES = re.compile(r"[\W_]+")

# Labels of the national portal, words of OpenCPS, labels seen in one-stop systems: known whole.
_KNOWN: dict[str, dict[str, str]] = {
    "status": {
        "registered": "moi dang ky|receiving|cho tiep nhan|moi nop|da nop|dang ky moi|ho so moi|registered|submitted",
        "accepted": "duoc tiep nhan|da tiep nhan|tiep nhan|moi tiep nhan|moi nhan|new|accepted|received|da nhan"
        "|tiep nhan ho so",
        "not_accepted": "khong duoc tiep nhan|khong tiep nhan|denied|tu choi tiep nhan|tu choi|refused|rejected"
        "|bi tu choi|khong hop le",
        "processing": "dang xu ly|thu ly ho so|dang giai quyet|dang thu ly|processing|in progress|in process"
        "|dang tham dinh|trinh ky|cho ky|dang trinh ky",
        "supplement_requested": "yeu cau bo sung giay to|yeu cau bo sung|yeu cau bo sung ho so|cho bo sung|waiting"
        "|bo sung ho so|dang bo sung|bo sung",
        "payment_requested": "yeu cau thuc hien nghia vu tai chinh|yeu cau thanh toan|cho thanh toan|paying"
        "|cho nop phi|cho thuc hien nghia vu tai chinh",
        "withdrawn": "cong dan yeu cau rut ho so|cong dan rut ho so|rut ho so|da rut|cancelled|canceled|withdrawn"
        "|da rut ho so",
        "stopped": "dung xu ly|tam dung|unresolved|stopped|dung giai quyet|dinh chi|on hold|suspended|tam dung xu ly",
        "completed": "da xu ly xong|da co ket qua|hoan thanh|da giai quyet|releasing|completed|finished|issued"
        "|cho tra ket qua|co ket qua|da hoan thanh|xu ly xong|da giai quyet xong|approved|cho tra|da cap phep|da cap",
        "returned": "da tra ket qua|tra ket qua|da tra|done|returned|delivered|final|da tra ho so|closed"
        "|da giao ket qua",
    },
    "channel": {
        "direct": "truc tiep|direct|tai quay|offline|nop truc tiep|tai bo phan mot cua|counter|in person|mot cua",
        "online": "truc tuyen|online|nop truc tuyen|qua mang|internet|web|dvc|cong dich vu cong|igate|mobile",
        "post": "buu chinh|buu dien|buu chinh cong ich|post|postal|bcci|qua buu dien|vnpost|dich vu buu chinh|mail",
    },
    "kind": {
        "citizen": "ca nhan|cong dan|nguoi dan|citizen|person|individual|personal|cn",
        "enterprise": "doanh nghiep|enterprise|company|business|dn|cong ty",
        "state_agency": "co quan nha nuoc|state agency|co quan|agency|government",
        "organisation": "to chuc|to chuc khac|organisation|organization|other organisation|tc",
    },
    "id_kind": {
        "citizen_id": "cccd|can cuoc cong dan|can cuoc|so dinh danh ca nhan|so dinh danh|citizen id",
        "id_card": "cmnd|chung minh nhan dan|chung minh thu|id card|cmt",
    },
    "return_method": {
        "direct": "truc tiep|tai quay|nhan truc tiep|direct|tra truc tiep|tai bo phan mot cua",
        "post": "buu chinh|buu dien|post|qua buu dien|vnpost|bcci|buu chinh cong ich",
    },
    "online_payment": {
        "none": "khong|khong co|chua|none|no",
        "paid": "da thanh toan|da thanh toan truc tuyen|paid|truc tuyen",
        "other": "khac|hinh thuc khac|other",
    },
    "fee_kind": {
        "normal": "phi|le phi|phi le phi|binh thuong|normal",
        "appraisal": "phi tham dinh|tham dinh|cap phep|appraisal",
        "extension": "gia han|phi gia han|extension",
    },
    "collected": {
        "at_reception": "khi tiep nhan|khi nop ho so|thu khi tiep nhan|at reception",
        "at_supplement": "khi bo sung|thu khi bo sung|at supplement",
        "at_return": "khi tra ket qua|thu khi tra ket qua|at return",
    },
    "yes_no": {
        "true": "co|da|yes|y|x|roi|true|dung",
        "false": "khong|chua|no|n|false|sai",
    },
    "paid": {
        "true": "da thu|da nop|da thanh toan|paid|roi|thanh toan thanh cong|da dong|hoan thanh|success|co|yes|y|x",
        "false": "chua thu|chua nop|chua thanh toan|unpaid|chua|khong|no|n|chua dong|pending",
    },
}
# What part of a longer label tells; the first that is found decides.
_TELLING: dict[str, list[tuple[str, str]]] = {
    "status": [
        ("not_accepted", r"\b(khong (duoc )?tiep nhan|tu choi|khong hop le|reject\w*|refus\w*|denied)\b"),
        ("withdrawn", r"\b(rut (ho so|don|lai)|xin rut|withdr\w+|cancel\w*|huy)\b"),
        ("supplement_requested", r"\b(bo sung|supplement\w*|hoan thien)\b"),
        ("payment_requested", r"\b((yeu cau|cho|cho nop|thong bao) (thanh toan|nop|phi|le phi)|nghia vu tai chinh)\b"),
        # `dung` alone is not enough: it is also in xây dựng, nội dung and sử dụng.
        ("stopped", r"^dung\b|\b((tam|da|bi|phai|xin) dung|dung (xu ly|giai quyet|thuc hien)|dinh chi|ngung)\b"),
        ("stopped", r"\b(suspend\w*|stop\w*|on hold)\b"),
        ("completed", r"\b((cho|chua|san sang) tra|co ket qua|xu ly xong|hoan thanh|hoan tat|complet\w*|issued)\b"),
        ("returned", r"\b(da tra|tra ket qua|da giao|da phat|return\w*|deliver\w*)\b"),
        ("completed", r"\b(da giai quyet|da xu ly|ket thuc|xong|approv\w*|finish\w*|closed)\b"),
        ("registered", r"\b(cho tiep nhan|moi dang ky|dang ky|registered|draft)\b"),
        ("processing", r"\b(dang|xu ly|thu ly|tham dinh|giai quyet|trinh|phe duyet|process\w*|review\w*)\b"),
        ("accepted", r"\b(da tiep nhan|tiep nhan|da nhan|accept\w*|receiv\w*)\b"),
    ],
    "channel": [
        ("post", r"\b(buu|post\w*|vnpost)\b"),
        ("online", r"\b(truc tuyen|online|mang|internet)\b"),
        ("direct", r"\b(truc tiep|direct\w*|quay|mot cua)\b"),
    ],
    "kind": [
        ("enterprise", r"\b(doanh nghiep|cong ty|enterprise|company)\b"),
        ("state_agency", r"\b(nha nuoc|state|government)\b"),
        ("citizen", r"\b(ca nhan|cong dan|citizen|person)\b"),
        ("organisation", r"\b(to chuc|organi[sz]ation)\b"),
    ],
    "paid": [("false", r"\b(chua|khong|un\w*|not)\b"), ("true", r"\b(da|paid)\b")],
}
# The national portal's numbers. Other systems number as they like, so they only count where little else fits.
OFFICIAL_NUMBERS: dict[str, dict[str, str]] = {
    "status": {text: str(word) for text, word in SHARED["national_status"].items() if re.fullmatch("[1-9]0?", text)},
    "channel": {"1": "direct", "2": "online", "3": "post"},
    "kind": {"1": "citizen", "2": "enterprise", "3": "state_agency", "4": "organisation"},
    "id_kind": {"1": "citizen_id", "2": "id_card"},
    "return_method": {"0": "direct", "1": "post"},
    "online_payment": {"0": "none", "1": "paid", "3": "other"},
    "fee_kind": {"1": "normal", "2": "appraisal", "3": "extension"},
    "collected": {"1": "at_reception", "2": "at_supplement", "4": "at_return"},
    "paid": {"1": "true", "0": "false"},
    "yes_no": {"1": "true", "0": "false"},
}
_WHOLE = {
    table: {phrase: word for word, listed in words.items() for phrase in listed.split("|")}
    for table, words in _KNOWN.items()
}


@dataclass(frozen=True, slots=True)
class Meaning:
    """What one value of a table may mean, and how sure that is."""

    word: str
    confidence: float


def meaning(table: str, label: str) -> Meaning | None:
    """What a label says; None where nothing like it is known. Numbers say nothing by themselves."""
    said = _SPACES.sub(" ", fold(label).lower()).strip()
    if said in _WHOLE[table]:
        return Meaning(_WHOLE[table][said], SURE)
    for word, telling in _TELLING.get(table, ()):
        if re.search(telling, said):
            return Meaning(word, LIKELY)
    return None


def by_number(table: str, values: Sequence[str], confidence: float) -> Mapping[str, Meaning]:
    """What numbers would mean at the national portal; nothing where one of them is not among its own."""
    numbers = OFFICIAL_NUMBERS[table]
    bare = {value: value.strip().lstrip("0") or "0" for value in values}
    if not values or not all(number in numbers for number in bare.values()):
        return {}
    return {value: Meaning(numbers[number], confidence) for value, number in bare.items()}
