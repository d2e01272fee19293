"""What department systems call things, in Vietnamese and English, folded: phrases, and the concepts they stand for.

The official names are those of the national portal's payloads; the others are what real systems write.
"""

# Concept: its phrases. Where phrases overlap the longer one is meant: `hen tra` is a due date, `tra` a hand-over.
CONCEPTS = {
    "dossier": "ho so|dossier|case|application|folder|profile|phieu|don|permit|giay phep",
    "slip": "bien nhan|so bien nhan|ma bien nhan|giay bien nhan|receipt number|receipt no|giay tiep nhan",
    "code": "ma|so|code|number|no|num|ma so|so hieu|nr|ref|reference",
    "id": "id|uid|uuid|guid|oid|key|khoa|stt|so thu tu",
    "national": "quoc gia|national|nation|qg|dvcqg|cong quoc gia|lien thong|nat",
    "procedure": "thu tuc|thu tuc hanh chinh|procedure|procedures|service|dich vu cong|dich vu|dvc|service info",
    "field": "linh vuc|sector|field|domain",
    "level": "muc do|level|procedure level|muc|muc do dich vu|service level",
    "agency": "co quan|don vi|agency|organization|organisation|gov agency|co quan xu ly|don vi xu ly"
    "|co quan thuc hien|don vi thuc hien|co quan tiep nhan|don vi tiep nhan|noi tiep nhan|office|dvi"
    "|co quan giai quyet|don vi thu ly|co quan thu ly",
    "unit": "phong ban|phong|bo phan|unit|department|phong ban xu ly|phong chuyen mon|nhom|group|role",
    "status": "trang thai|tinh trang|status|state|tt xu ly|trang thai xu ly|tinh trang xu ly",
    "label": "mo ta|label|description|desc|text|dien giai|display|chu",
    "channel": "kenh|kenh thuc hien|kenh tiep nhan|kenh nop|channel|apply method|hinh thuc nop|phuong thuc nop"
    "|submit method|hinh thuc tiep nhan|phuong thuc tiep nhan|nguon ho so|hinh thuc nop ho so|online|method"
    "|nguon tiep nhan|submission method|application method|receive method|kenh nop ho so",
    "summary": "trich yeu|tom tat|trich yeu ho so|summary|abstract|subject|title|brief note|noi dung yeu cau"
    "|noi dung yeu cau giai quyet|noi dung ho so|tieu de|ten ho so|ve viec|dossier name|noi dung giai quyet",
    "confidentiality": "confidentiality|muc do bao mat|do bao mat|confidential|confidentiality level",
    "owner": "chu ho so|owner|chu so huu|nguoi dung ten|chu don|chu dau tu",
    "applicant": "nguoi nop|applicant|applicants|citizen|cong dan|nguoi yeu cau|khach hang|customer|nguoi dan"
    "|nguoi nop don|nguoi nop ho so|to chuc ca nhan|ca nhan|to chuc|person|nguoi lam don|submitter|requester|people"
    "|doi tuong|nguoi khai|delegate",
    "name": "ten|name|ten goi|names|translate",
    "full name": "ho ten|ho va ten|fullname|full name|ten day du|hoten|hovaten|ho ten nguoi",
    "kind": "loai|kind|type|phan loai|category|nhom loai|cate",
    "person kind": "loai doi tuong|applicant type|applicant id type|loai khach hang|loai chu ho so|owner type"
    "|loai nguoi nop|customer type",
    "identity": "so giay to|cmnd|cccd|so cmnd|so cccd|so dinh danh|dinh danh|identity|identity number|identity no"
    "|id card|id number|id no|citizen id|can cuoc|so can cuoc|cmt|chung minh|cmndcccd"
    "|so chung minh|giay to tuy than|so giay to tuy than|applicant id no|ma dinh danh ca nhan|personal id|identify"
    "|so dinh danh ca nhan|social id|so giay to chu ho so|dinh danh chs|id card number|identity card|cccd number",
    "passport": "ho chieu|so ho chieu|passport|passport number|passport no",
    "tax": "ma so thue|mst|tax code|tax number|tax no|tax id|tax",
    "portal id": "ma doi tuong|tech id|techid|ma tech id",
    "vneid": "vneid|vne id|xac thuc|tai khoan duoc xac thuc voi vneid|tai khoan duoc xac thuc voi v ne id|v ne id"
    "|xac thuc vneid|verified|account verified",
    "birth": "sinh|ngay sinh|birth|birthday|dob|date of birth|ngay thang nam sinh|nam sinh|birthdate|birth date",
    "phone": "dien thoai|so dien thoai|phone|mobile|tel|telephone|di dong|phone number|contact tel no|so di dong"
    "|dien thoai di dong|contact phone|contact tel|dtdd|so may|mobile phone|telno|so dt",
    "email": "email|mail|thu dien tu|hop thu|contact email|e mail|email address",
    "address": "dia chi|address|thuong tru|noi o|tru quan|ho khau|dia chi thuong tru|noi thuong tru|noi cu tru"
    "|dia chi lien he|residence|addr|tam tru",
    "place": "phuong|xa|phuong xa|ward|village|tinh|tinh thanh|province|thanh pho|city|district|quan|huyen|quan huyen"
    "|commune|tinh tp|street|duong|quoc tich|nationality",
    "gender": "gioi tinh|gender|sex|phai",
    "officer": "can bo|nguoi xu ly|chuyen vien|nguoi thu ly|officer|assignee|handler|accepter|can bo thu ly|actor"
    "|nguoi tiep nhan|can bo tiep nhan|can bo xu ly|nguoi phu trach|user|nguoi dung|user name|can bo phu trach"
    "|nguoi thuc hien|can bo giai quyet|action user|staff|performer|processor|nguoi giai quyet|employee|nhan vien",
    "title": "chuc danh|chuc vu|position|job title|rank",
    "time": "ngay|date|time|thoi diem|thoi gian|gio|at|on|ngay gio|moment|datetime|timestamp|ngay thang|dt|tg",
    "submit": "nop|nop ho so|apply|applied|submit|submitted|submission|dang ky|gui|gui ho so|nop don|lodged|filed"
    "|submitting|send|sent|applying",
    "receive": "tiep nhan|nhan|receive|received|accept|accepted|reception|receipt|tiep nhan ho so|nhan ho so|vao so"
    "|registered|register|opened|open|receiving",
    "due": "hen|hen tra|due|appointment|deadline|han|han tra|han xu ly|promised|hen tra ket qua|han giai quyet"
    "|han tra ket qua|thoi han|expected|du kien|hen tra kq|tra du kien|estimated|promise|target|expire"
    "|theo quy dinh|ket thuc theo quy dinh"
    "|du kien tra|thoi han tra ket qua|thoi han giai quyet|han tra kq",
    "complete": "ket thuc|hoan thanh|complete|completed|completion|finish|finished|xong|ket thuc xu ly|final|finaled"
    "|finalled|finalized|finalised"
    "|giai quyet xong|co ket qua|hoan tat|xu ly xong|closed|close|finished at|end|decided|decision|da xu ly|thuc te"
    "|finishing",
    "issue": "issue|issued|issuance|release|released|releasing|approved",
    "return": "tra|tra ket qua|return|returned|handover|handed|tra ho so|tra kq|phat ket qua|delivered|delivery|da tra"
    "|ban giao|nhan ket qua|collected|tra kqua|result returned|tra kq thuc te|returning",
    "update": "cap nhat|updated|update|modified|modify|changed|change|sua|sua doi|chinh sua|last|thay doi|cuoi|lan cuoi"
    "|modification|edit|edited",
    "create": "tao|create|created|khoi tao|tao moi|creation|inserted|insert|phat sinh|them moi",
    "start": "bat dau|start|started|begin|beginning",
    "refuse": "tu choi|refused|reject|rejected|denied|huy|cancel|cancelled",
    "supplement": "bo sung|supplement|supplements|supplementary|yeu cau bo sung|ho so bo sung",
    "request": "yeu cau|request|requested|asked",
    "note": "ghi chu|note|remark|comment|y kien|luu y|notes|remarks|comments|applicant note",
    "result": "giay to ket qua|tep tin ket qua|tep ket qua|file ket qua|ket qua dien tu|result file|result document"
    "|dossier result|result paper",
    "paper": "tep dinh kem khac|giay to khac|giay to kem theo|giay to giay|paper documents|hard copy",
    "document": "giay to|thanh phan ho so|tai lieu|document|documents|paper|papers|tai lieu nop|dossier form file"
    "|thanh phan|ho so kem theo|dossier files|dossier file|dossier part|giay to nop|procedure form|ho so dinh kem"
    "|thanh phan hs|component|requirement",
    "file": "tep|file|files|attachment|attachments|dinh kem|tep tin|tep dinh kem|tap tin|file dinh kem",
    "fee": "le phi|phi|fee|fees|cost|charge|phi le phi|procost|le phi ho so|dossier fee|khoan thu|khoan nop|bien lai"
    "|invoice|phi va le phi|thu phi",
    "amount": "so tien|tien|amount|gia|price|muc thu|money|thanh tien|tong tien|muc phi|gia tri|value|so tien nop"
    "|don gia|tong le phi|tong phi|total fee|muc le phi",
    "quantity": "so luong|quantity|count|total|tong so|so ban|soluong",
    "paid": "da nop|da thu|da thanh toan|paid|thanh toan|payment|da nop phi|da dong|dong phi|pay|paying|da nop tien",
    "event": "qua trinh|tien do|lich su|history|log|logs|task|tasks|step|steps|buoc|xu ly|progress|nhat ky|event|events"
    "|timeline|action|actions|process|qua trinh xu ly|lich su xu ly|tien trinh|luan chuyen|quy trinh|thao tac"
    "|bpm process definition task|cong viec|cac buoc|giai quyet|workflow|activity|activities|trace",
    "content": "noi dung|content|noi dung xu ly|chi tiet xu ly|hanh dong|action note|viec",
    "url": "duong dan|url|link|href|dia chi tai|duong dan tai|duong dan tai tep tin",
    "fax": "fax|so fax",
    "digitised": "so hoa|duoc so hoa|ho so co thanh phan so hoa|co thanh phan so hoa|digitised|digitized|scanned",
    "reused": "duoc tai su dung|tai su dung|reuse|reused",
    "repository": "duoc lay tu kho dmqg|lay tu kho|kho dmqg|kho du lieu|repository",
    "replacing": "ket qua thay the|thay the|replacing|replaced",
    "deleted": "is deleted|deleted|da xoa|xoa|removed",
    "database": "csdl|co so du lieu|ket noi csdl|database|databases",
    "manner": "hinh thuc",
    "return manner": "hinh thuc tra|hinh thuc tra ket qua|hinh thuc nhan ket qua|hinh thuc nhan|return method"
    "|hinh thuc tra kq|result method",
    "return information": "thong tin tra|thong tin tra ket qua|return information|return info",
    "place of submission": "noi nop|noi nop ho so|submission place|place of submission",
    "online payment": "duoc thanh toan truc tuyen|thanh toan truc tuyen|online payment|pay online|online paid",
    "collected": "hinh thuc thu|collected at|thoi diem thu",
    "before": "truoc|before|cu|old|previous",
    "after": "moi|after|new|sau",
    "other information": "thong tin khac|other information|other info",
    "other": "khac|other|others|phien ban|version|est|const|construction|du toan|xay dung",
    "size": "size|kich thuoc|dung luong|length",
    "rest": "danh sach|ds|list|data|info|thong tin|item|items|result|results|detail|details|chi tiet|cac|records|record"
    "|content list|du lieu|value list|hien tai|current|he thong|system|nguoi|cua|the|of|and|va|vn|vi|chinh|main|kq"
    "|ket qua|hanh chinh|object|node|row|dto|model|entity|bean|obj|form|eform|from|den|tu|actual|real",
}

# Official and common abbreviations, each with what it may say; a name is tried in every reading.
ABBREVIATIONS = {
    "hs": ("ho so",),
    "mhs": ("ma ho so",),
    "shs": ("so ho so",),
    "chs": ("chu ho so",),
    "mahs": ("ma ho so",),
    "sohs": ("so ho so",),
    "tthc": ("thu tuc hanh chinh",),
    "matt": ("ma thu tuc", "ma trang thai"),
    "tentt": ("ten thu tuc", "ten trang thai"),
    "tt": ("trang thai", "thu tuc", "thong tin", "tinh trang"),
    "ttxl": ("trang thai xu ly",),
    "tths": ("trang thai ho so",),
    "lv": ("linh vuc",),
    "cq": ("co quan",),
    "cqtn": ("co quan tiep nhan",),
    "cqxl": ("co quan xu ly",),
    "dv": ("don vi",),
    "dvxl": ("don vi xu ly",),
    "dvth": ("don vi thuc hien",),
    "pb": ("phong ban",),
    "cb": ("can bo",),
    "cbtl": ("can bo thu ly",),
    "cbxl": ("can bo xu ly",),
    "cbtn": ("can bo tiep nhan",),
    "cv": ("chuyen vien",),
    "nxl": ("nguoi xu ly",),
    "ngxl": ("nguoi xu ly",),
    "sdt": ("so dien thoai",),
    "dt": ("dien thoai", "doi tuong"),
    "dc": ("dia chi",),
    "gt": ("giay to", "gioi tinh"),
    "sgt": ("so giay to",),
    "ns": ("ngay sinh",),
    "ng": ("ngay", "nguoi"),
    "ngay": ("ngay",),
    "tn": ("tiep nhan",),
    "ntn": ("ngay tiep nhan",),
    "ngaytn": ("ngay tiep nhan",),
    "nht": ("ngay hen tra",),
    "ht": ("hen tra", "hoan thanh"),
    "htkq": ("hen tra ket qua",),
    "nhtkq": ("ngay hen tra ket qua",),
    "tkq": ("tra ket qua",),
    "kq": ("ket qua",),
    "kt": ("ket thuc",),
    "ktxl": ("ket thuc xu ly",),
    "xl": ("xu ly",),
    "lp": ("le phi",),
    "plp": ("phi le phi",),
    "st": ("so tien",),
    "gc": ("ghi chu",),
    "td": ("thoi diem",),
    "tgian": ("thoi gian",),
    "qt": ("qua trinh",),
    "ty": ("trich yeu",),
    "tphs": ("thanh phan ho so",),
    "tep": ("tep",),
    "upd": ("update",),
    "mod": ("modified",),
    "stat": ("status",),
    "appl": ("applicant",),
    "addr": ("address",),
    "recv": ("received",),
    "rcv": ("received",),
    "desc": ("description",),
    "fullname": ("full name",),
    "fileno": ("ma ho so",),
    "filenumber": ("ma ho so",),
    "nationcode": ("national code",),
    "hoten": ("ho ten",),
    "hovaten": ("ho va ten",),
    "indate": ("received date",),
}

# Phrases that stand for more than one concept at once.
_COMPOUNDS = {
    "application date": ("submit", "time"),
    "date of application": ("submit", "time"),
    "application time": ("submit", "time"),
    "file no": ("dossier", "code"),
    "file number": ("dossier", "code"),
    "so phieu": ("dossier", "code"),
    "dossier no": ("dossier", "code"),
    "ten chu ho so": ("owner", "full name"),
    "ten nguoi nop": ("applicant", "full name"),
    "ho ten chu ho so": ("owner", "full name"),
    "ho ten nguoi nop": ("applicant", "full name"),
    "applicant name": ("applicant", "full name"),
    "owner name": ("owner", "full name"),
    "owner fullname": ("owner", "full name"),
    "status text": ("status", "label"),
    "dossier task status": ("dossier", "status", "label"),
    "so thu tu": ("id",),
    "date of birth": ("birth",),
    "ngay bo sung": ("supplement", "time"),
    "ngay tu choi": ("refuse", "time"),
    "nguoi nop tien": ("paid", "full name"),
    "nguoi yeu cau bo sung": ("supplement", "officer", "request"),
    "nguoi tiep nhan bo sung": ("supplement", "officer", "receive"),
    "loai giay to": ("document", "kind"),
    "file name": ("file", "name"),
    "filename": ("file", "name"),
}

PHRASES: dict[str, tuple[str, ...]] = {
    phrase: (concept,) for concept, listed in CONCEPTS.items() for phrase in listed.split("|")
} | _COMPOUNDS
LONGEST_PHRASE = max(len(phrase.split()) for phrase in PHRASES)
LEXICON = frozenset(word for phrase in PHRASES for word in phrase.split()) | ABBREVIATIONS.keys()

# Concepts that say whose attribute something is: `code` below `agency` is the agency's, not the dossier's.
ENTITIES = frozenset(
    {"procedure", "field", "level", "agency", "unit", "status", "channel", "owner", "applicant", "officer"}
    | {"document", "file", "fee", "event", "place", "title", "paid", "phone", "address", "kind"}
)
NOTHING = frozenset({"rest"})  # concepts that neither help nor harm
