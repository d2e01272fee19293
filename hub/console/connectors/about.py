"""What each setting is, in Vietnamese. The document itself tells it in English, for the reference and for editors."""

# ruff: noqa: E501  # a sentence of the document is looked up whole

import re

from hub.console.connectors.about_types import FILES, PUSH, RARE, SOAP
from hub.console.language import chosen_language

_DOCUMENT = {
    "What people call this system.": "Tên mà mọi người gọi hệ thống này.",
    "Code of the agency that answers for it, as 000.00.15.H29.": "Mã của cơ quan chịu trách nhiệm, như 000.00.15.H29.",
    "Mapping that reads its records, as so-tu-phap/ly-lich-tu-phap.": (
        "Ánh xạ dùng để đọc bản ghi, như so-tu-phap/ly-lich-tu-phap. Chưa có thì cứ để tên này; hub đoán giúp ở bước sau."
    ),
    "The unit or person that answers for this system.": "Đơn vị hoặc người trả lời về hệ thống này.",
    "Their e-mail address or telephone; shown wherever the system is in trouble.": (
        "Thư điện tử hoặc điện thoại; hiện ra ở nơi nào hệ thống gặp sự cố."
    ),
    "When it runs by itself; left out, only by hand.": "Khi nào hub tự đọc; để trống thì chỉ chạy tay.",
    "The source is late when it was last read longer ago than this.": (
        "Quá thời gian này mà chưa đọc xong nguồn thì coi là chậm, như 30m (30 phút), 2h, 1d."
    ),
    "Where sources disagree on a dossier, the higher number is believed.": (
        "Khi các nguồn ghi khác nhau về một hồ sơ, nguồn có số lớn hơn được tin."
    ),
    "Another precedence for a field, a list or a group of fields, as {applicant: 20, due_at: 5}.": (
        "Mức tin cậy riêng cho một trường, một danh sách hoặc một nhóm trường, như {applicant: 20, due_at: 5}."
    ),
    "Times of the day at which it is not asked, in Vietnam's time.": (
        'Những giờ không được hỏi, giờ Việt Nam. Mỗi khung một dòng, như - {from: "11:30", to: "13:30", days: mon-fri}'
    ),
    "Operators are warned so long before a certificate, secret or token ends.": (
        "Báo trước chừng này khi chứng thư, bí mật hoặc mã truy cập sắp hết hạn, như 30d."
    ),
    "Settings of the connector type.": "Các thiết lập của loại đầu nối.",
    "Time from one run to the next, as in 5m.": "Từ lượt này đến lượt sau: 90s, 5m (5 phút), 2h (2 giờ), 1d (1 ngày).",
    "Five cron fields in Vietnam's time: minute hour day month weekday. Not both day and weekday; no step in weekdays but of a range, as in 1-5/2.": (
        "Năm phần theo giờ Việt Nam: phút, giờ, ngày, tháng, thứ; như */15 7-17 * * 1-5 là 15 phút một lần,"
        " từ 7 đến 17 giờ, thứ hai đến thứ sáu. Dùng ô này hoặc ô trên, không dùng cả hai."
    ),
    "Up to this long is added by chance, so that connectors do not start together; shorter than `every`.": (
        "Mỗi lượt chậm thêm ngẫu nhiên đến chừng này, để các đầu nối không chạy cùng lúc; ngắn hơn ô “Chạy cách nhau”."
    ),
    "What the department system bears, from each process of the hub.": (
        "Hệ thống của cơ quan chịu được bao nhiêu, tính cho mỗi tiến trình của hub."
    ),
    "No more requests in a second than this; 0.2 is one in five seconds.": (
        "Không hỏi quá chừng này trong một giây; 0.2 là năm giây một lần."
    ),
    "No more requests under way at the same time.": "Không có quá chừng này yêu cầu cùng lúc.",
    "Connectors that name the same group are one department's, and share what it bears.": (
        "Các đầu nối ghi cùng tên nhóm là của một cơ quan và dùng chung mức chịu tải."
    ),
    "How long an unavailable department system is asked again before the run gives up.": (
        "Khi hệ thống không trả lời: hỏi lại bao lâu rồi mới thôi."
    ),
    "How often one request is tried in all.": "Tổng số lần thử một yêu cầu.",
    "Longest wait before the second try; it doubles.": "Chờ lâu nhất trước lần thử thứ hai; các lần sau gấp đôi.",
    "No single wait is longer than this.": "Không lần chờ nào lâu hơn chừng này.",
    "How many requests of one whole run may be repeated.": "Số yêu cầu được hỏi lại trong cả một lượt chạy.",
    "When a connector whose runs fail is left alone, and for how long.": (
        "Khi các lượt chạy liên tiếp thất bại: để yên hệ thống từ lúc nào và bao lâu."
    ),
    "After so many runs in a row that found the system unavailable schedules wait; after refused credentials or a changed interface at once.": (
        "Sau chừng này lượt liền không gọi được thì tạm ngừng hỏi; bị từ chối tài khoản hoặc giao diện đổi thì ngừng ngay."
    ),
    "How long at first; it doubles while runs go on to fail.": "Lần đầu ngừng bao lâu; còn lỗi thì gấp đôi.",
    "No longer than this; so long at once where the interface has changed.": (
        "Không lâu hơn chừng này; giao diện đổi thì ngừng ngay chừng này."
    ),
    "What happens when the system is not as it was: go_on, warn, or stop until `hub connector accept`.": (
        "Làm gì khi hệ thống không còn như trước: đọc tiếp, báo, hoặc dừng cho đến khi có người chấp nhận."
    ),
    "Its own description (WSDL, OpenAPI) is another one.": "Khi bản mô tả (WSDL, OpenAPI) đã khác.",
    "Fields of its records are new, missing or of another kind.": (
        "Khi bản ghi có trường mới, thiếu trường hoặc trường đổi kiểu."
    ),
    "When a run stops because too much of what it reads cannot be read; what stood in quarantine before is no news.": (
        "Khi nào lượt chạy dừng vì quá nhiều bản ghi không đọc được; bản ghi đã cách ly từ trước không tính."
    ),
    "More unreadable records in one run than this stop it.": "Quá chừng này bản ghi không đọc được thì dừng.",
    "More of what it has fetched than this stops it, too, as in 50%.": "Quá tỷ lệ này của số đã lấy thì cũng dừng, như 50%.",
    "The share is looked at when so many records have been fetched.": "Chỉ xét tỷ lệ khi đã lấy chừng này bản ghi.",
    "How the days of a system that can say what it has are counted against the hub; what is missing is fetched.": (
        "Đối chiếu số lượng từng ngày giữa nguồn và hub, khi nguồn cho biết; thiếu thì tự lấy bù."
    ),
    "How many days back, today included; 0: none are counted.": "Lùi lại bao nhiêu ngày, kể cả hôm nay; 0 là không đối chiếu.",
    "They are counted again after this long.": "Bao lâu thì đối chiếu lại.",
    "What becomes of records that a full listing (`hub sync NAME --full`) did not hold though the hub has them.": (
        "Làm gì với bản ghi mà lượt đọc lại từ đầu không còn thấy ở nguồn."
    ),
    "ask: they wait until a person says that they are gone (`hub gone`). mark: they are marked as gone by themselves; right only where the listing holds all that the system has. keep: they are only counted.": (
        "ask: chờ người quyết định. mark: tự đánh dấu không còn, chỉ đúng khi danh sách của nguồn luôn đầy đủ."
        " keep: chỉ đếm."
    ),
    "With mark: more than this of what the hub has of the connector waits for a person, as in 1%.": (
        "Với mark: nhiều hơn tỷ lệ này thì chờ người quyết định, như 1%."
    ),
    "With mark: more records than this wait for a person, too.": "Với mark: nhiều hơn số này thì cũng chờ người quyết định.",
}
_ASKING = {
    "How to ask a department system that answers over HTTP, in JSON, XML, CSV or NDJSON.": (
        "Cách hỏi một hệ thống trả lời qua HTTP bằng JSON, XML, CSV hoặc NDJSON."
    ),
    "How long to wait for a connection to be opened.": "Chờ mở kết nối bao lâu (giây).",
    "How long the system may stay silent before and during its answer.": (
        "Hệ thống được im lặng bao lâu (giây), trước và trong khi trả lời."
    ),
    "How long one whole answer may take, even if it keeps trickling in.": (
        "Một câu trả lời trọn vẹn được kéo dài bao lâu (giây), kể cả khi vẫn về nhỏ giọt."
    ),
    "The largest answer that is accepted, counted after decompression. XML and JSON with one plain list may be far larger: they are read in parts.": (
        "Câu trả lời lớn nhất được nhận (byte, sau khi giải nén). XML và JSON là một danh sách thì lớn hơn nhiều cũng được."
    ),
    "A PEM file with the certificate authorities to trust instead of the public ones.": (
        "Tệp PEM có các tổ chức chứng thực được tin thay cho danh sách công cộng."
    ),
    "A PEM file with the certificate that the hub shows (mutual TLS).": "Tệp PEM có chứng thư mà hub xuất trình (mutual TLS).",
    "The PEM file with its private key, where it is not in the same file.": (
        "Tệp PEM có khóa riêng, nếu không nằm chung với chứng thư."
    ),
    "The address of a proxy for this system; secret because it may hold a password. Proxies in the environment are ignored.": (
        "Địa chỉ proxy để đến hệ thống này; là bí mật vì có thể chứa mật khẩu."
    ),
    "What is sent with every request; a list is a parameter that is repeated. Filled in: `{since}`, `{until}`, `{page}`, `{page_size}`, `{offset}`, `{last}`, `{end}`, `{cursor}`, `{last_id}` and `{token}`.": (
        "Gửi kèm mọi yêu cầu, mỗi tham số một dòng, dạng tên: giá trị. Ví dụ tuNgay: {since} (thay đổi từ lúc nào),"
        " trang: {page}, soDong: {page_size}. Hub điền các chỗ {since}, {until}, {page}, {page_size}, {offset}, {last},"
        " {end}, {cursor}, {last_id}, {token}."
    ),
    "Parameters that are secret, such as a password; never shown anywhere.": (
        "Tham số cần giữ kín, như mật khẩu; không hiện ở đâu."
    ),
    "How many records to ask for at a time.": "Mỗi lần hỏi bao nhiêu bản ghi.",
    "The charset of answers where they name a wrong one or none, such as windows-1258 or utf-16.": (
        "Bảng mã của câu trả lời khi hệ thống không ghi hoặc ghi sai, như windows-1258, utf-16."
    ),
    "The field of a record that identifies it for ever.": (
        "Trường cho biết đó là bản ghi nào, không bao giờ đổi, như soHoSo."
    ),
    "Where a record says when it last changed. Without it every run reads everything.": (
        "Chỗ bản ghi cho biết nó thay đổi lần cuối lúc nào. Không có thì lượt nào cũng phải đọc tất cả."
    ),
    "The field of a record that says when it last changed.": "Trường ghi lần thay đổi cuối, như ngayCapNhat.",
    "How that time is written: `iso`, a pattern such as `dd/MM/yyyy HH:mm:ss`, or `epoch_seconds` or `epoch_millis` for a count since 1970. `{since}` is sent in the same form, unless `sent_as` says another.": (
        "Thời điểm đó viết thế nào: iso, một mẫu như dd/MM/yyyy HH:mm:ss, hoặc epoch_seconds, epoch_millis (đếm từ 1970)."
        " {since} được gửi cùng dạng, trừ khi ô sent_as ghi khác."
    ),
    "The time zone of times that do not say theirs, and of `{since}`.": (
        "Múi giờ của những thời điểm không ghi múi giờ, và của {since}."
    ),
    "What `{since}` is on the very first run: nothing changed before it. A local time.": (
        "{since} ở lượt đầu tiên: trước đó không có gì thay đổi. Giờ địa phương."
    ),
    "How far before the last known change to ask again. Set it where a change may become visible later than its own time says.": (
        "Hỏi lùi lại bao nhiêu giây trước thay đổi cuối đã biết. Đặt khi hệ thống cho thấy thay đổi muộn hơn giờ nó ghi."
    ),
    "How `{since}` is written, where that is not as `date` says.": (
        "{since} gửi đi viết thế nào, nếu khác ô trên; như dd/MM/yyyy khi hệ thống chỉ nhận ngày."
    ),
    "The order in which records come: `oldest_first` or `newest_first` by change time, or `none`. Unless told: `oldest_first` where a parameter carries `{since}`, else `none`.": (
        "Bản ghi về theo thứ tự nào: oldest_first (cũ trước), newest_first (mới trước) theo lúc thay đổi, hoặc none."
        " Không ghi thì: oldest_first nếu có tham số mang {since}, còn lại là none."
    ),
    "The address that lists records, without parameters.": "Địa chỉ trả về danh sách hồ sơ, không kèm tham số.",
    "How the list is asked for.": "Hỏi danh sách bằng phương thức nào.",
    "Where the parameters go. Unless told: into the address, with POST into a form, but beside a `body` into the address.": (
        "Tham số đặt ở đâu. Không ghi thì: ở địa chỉ; với POST thì ở biểu mẫu, nhưng có body thì ở địa chỉ."
    ),
    "The JSON that a POST sends. Placeholders are filled in, however deep.": "JSON mà POST gửi đi; hub điền các chỗ như {page}.",
    "What else that JSON holds, by dotted path, and is never shown.": "Phần phải giữ kín của JSON đó, theo đường dẫn có chấm.",
    "Headers to send with every request. Placeholders are filled in.": (
        "Tiêu đề gửi kèm mọi yêu cầu, mỗi dòng một tiêu đề, dạng tên: giá trị."
    ),
    "Headers whose values are secret; never shown anywhere.": "Tiêu đề có giá trị phải giữ kín; không hiện ở đâu.",
    "The credentials that the system asks for.": "Hệ thống đòi loại tài khoản nào.",
    "How a long list is cut into pages.": "Danh sách dài được chia trang thế nào.",
    "How many days one question spans, from `{since}` to `{until}`, where the system wants an end or allows only so many days.": (
        "Mỗi lần hỏi trải bao nhiêu ngày, từ {since} đến {until}, khi hệ thống đòi ngày cuối hoặc chỉ cho hỏi chừng ấy ngày."
    ),
    "How answers are written.": "Câu trả lời viết bằng gì.",
    "What parts the cells of CSV; `auto` sees it in the first row.": "Dấu ngăn các ô CSV; auto: nhìn dòng đầu mà biết.",
    "The names of the columns, where CSV has no row that names them.": "Tên các cột, khi CSV không có dòng tên cột.",
    "Where a JSON answer holds a text that is JSON or XML itself; everything is then read in that, and what it does not have, around it.": (
        "Chỗ câu trả lời JSON chứa một đoạn chữ mà bản thân lại là JSON hoặc XML; hub đọc trong đoạn ấy trước."
    ),
    "Where the answer holds its list of records: a dotted path, `*` for every item of a list or object. Empty: it is the list. In XML the element that is one record.": (
        "Chỗ có danh sách trong câu trả lời: đường dẫn có chấm, như duLieu.danhSach; * là mọi phần tử."
        " Để trống: cả câu trả lời là danh sách. Với XML: phần tử là một bản ghi."
    ),
    "Where the answer says how many records there are (a dotted path, or `header:NAME`), if it does.": (
        "Chỗ câu trả lời ghi tổng số bản ghi (đường dẫn có chấm, hoặc header:TÊN), nếu có."
    ),
    "What answers say of themselves, where errors come with status 200.": (
        "Câu trả lời tự nói đúng hay sai thế nào, khi lỗi vẫn về với trạng thái 200."
    ),
    "Ask only whether one answer that holds everything has changed (ETag, Last-Modified). If it has not, the pull brings nothing.": (
        "Chỉ hỏi xem câu trả lời chứa tất cả đã đổi chưa (ETag, Last-Modified); chưa đổi thì không lấy gì."
    ),
    "The address or file of the system's OpenAPI description, for `hub discover`; each run reads it too, to tell when it has changed.": (
        "Địa chỉ hoặc tệp mô tả OpenAPI của hệ thống; mỗi lượt chạy đọc lại để biết khi nào mô tả đổi."
    ),
    "How to ask for one record, if it can be asked for.": (
        "Cách hỏi riêng một bản ghi, nếu hỏi được. Có phần này thì “Lấy lại một hồ sơ” mới dùng được."
    ),
    "How to ask how many records changed in a period, if it can be asked for.": (
        "Cách hỏi có bao nhiêu bản ghi thay đổi trong một khoảng thời gian, nếu hỏi được."
    ),
    "The address of one record; `{key}` in it is its key, percent-encoded.": (
        "Địa chỉ của một bản ghi; {key} là số định danh của nó."
    ),
    "What is sent with it, where the key goes as a parameter: `{key}`.": "Gửi kèm gì, khi số định danh là một tham số: {key}.",
    "Where that answer holds the record, or a list with it; empty: it is the record.": (
        "Chỗ có bản ghi trong câu trả lời đó; để trống: cả câu trả lời là bản ghi."
    ),
    "The address that counts, where it is not `url`.": "Địa chỉ đếm, nếu khác ô Địa chỉ.",
    "What is sent: `{since}` is the period's beginning, `{until}` its end, which is not part of it.": (
        "Gửi kèm gì: {since} là đầu khoảng, {until} là cuối khoảng (không tính)."
    ),
    "Where the answer says the number (a dotted path, or `header:NAME`); empty: it is it.": (
        "Chỗ câu trả lời ghi con số (đường dẫn có chấm, hoặc header:TÊN); để trống: cả câu trả lời là con số."
    ),
    "Where the answer says how it went: a code, a word, or true and false.": (
        "Chỗ câu trả lời cho biết kết quả: một mã, một từ, hoặc true và false."
    ),
    'What it says when all is well; `*` stands for any text, and "" for nothing at all.': (
        'Khi ổn thì ghi gì; * là bất kỳ chữ nào, "" là không ghi gì. Mỗi dòng một giá trị.'
    ),
    "What else it says, and what that means: `unavailable` (try again later), `refused` (credentials), `changed` (stop) or `empty` (no records). `*` stands for any text.": (
        "Ghi gì khác và nghĩa là gì: unavailable (thử lại sau), refused (tài khoản), changed (dừng), empty (không có bản ghi)."
    ),
    "What anything else means.": "Những gì khác nghĩa là gì.",
    "Where the answer explains it in words.": "Chỗ câu trả lời giải thích bằng lời.",
    "Where the answer says how many seconds to wait.": "Chỗ câu trả lời cho biết phải chờ bao nhiêu giây.",
    "The header that carries the key.": "Tên tiêu đề mang khóa, như X-API-Key.",
    "The parameter of the address that carries the key instead of a header.": (
        "Tên tham số ở địa chỉ mang khóa, nếu không dùng tiêu đề."
    ),
    "The key that the department gave to the hub.": "Khóa mà cơ quan cấp cho hub.",
    "The user that the department gave to the hub.": "Tên đăng nhập mà cơ quan cấp cho hub.",
    "Its password.": "Mật khẩu của tài khoản đó.",
    "The token that the department gave to the hub.": "Mã truy cập mà cơ quan cấp cho hub.",
    "Where tokens are given out.": "Địa chỉ cấp mã truy cập.",
    "The client that the department registered for the hub.": "Tên ứng dụng (client) mà cơ quan đăng ký cho hub.",
    "Its secret, if it has one.": "Bí mật của ứng dụng đó, nếu có.",
    "The scope to ask for, where the department requires one.": "Phạm vi (scope) phải xin, nếu cơ quan đòi.",
    "Where the hub logs in.": "Địa chỉ đăng nhập.",
    "How the log-in is sent.": "Đăng nhập bằng phương thức nào.",
    "Whether the fields go as a form, as JSON, or in the address (`query`).": (
        "Gửi các ô dưới dạng biểu mẫu, JSON, hay ở địa chỉ (query)."
    ),
    "What is sent, such as `username: hub`.": "Gửi gì, như username: hub; mỗi dòng một ô.",
    "What is sent and never shown, such as the password.": "Gửi gì mà phải giữ kín, như mật khẩu.",
    "The secret that the department gave to the hub.": "Bí mật mà cơ quan cấp cho hub.",
    "The number of the first page.": "Trang đầu mang số mấy, thường là 0 hoặc 1.",
    "The number of the first record.": "Bản ghi đầu mang số mấy, thường là 0 hoặc 1.",
    "Where the answer says true on its last page (a dotted path, or `header:NAME`), if it does.": (
        "Chỗ câu trả lời ghi true ở trang cuối (đường dẫn có chấm, hoặc header:TÊN), nếu có."
    ),
    "Where the answer says true while there are further pages (a dotted path, or `header:NAME`), if it does.": (
        "Chỗ câu trả lời ghi true khi còn trang sau (đường dẫn có chấm, hoặc header:TÊN), nếu có."
    ),
    "Where the answer says how many pages there are (a dotted path, or `header:NAME`), if it does.": (
        "Chỗ câu trả lời ghi tổng số trang (đường dẫn có chấm, hoặc header:TÊN), nếu có."
    ),
    "Where the answer names the next address (a dotted path, or `header:NAME`).": (
        "Chỗ câu trả lời ghi địa chỉ trang sau (đường dẫn có chấm, hoặc header:TÊN)."
    ),
    "Where the answer names the token (a dotted path, or `header:NAME`).": (
        "Chỗ câu trả lời ghi dấu trang sau (đường dẫn có chấm, hoặc header:TÊN)."
    ),
}
_CHOICES = {
    "auth.type": {
        "none": "không cần tài khoản",
        "api_key": "khóa ở tiêu đề hoặc địa chỉ",
        "basic": "tên đăng nhập và mật khẩu (Basic)",
        "digest": "tên đăng nhập và mật khẩu (Digest)",
        "bearer": "mã truy cập cố định (Bearer)",
        "oauth2_client_credentials": "OAuth2, hub tự xin mã truy cập",
        "oauth2_password": "OAuth2 bằng tên đăng nhập và mật khẩu",
        "session": "đăng nhập trước, rồi mới hỏi",
        "hmac": "ký từng yêu cầu bằng bí mật chung",
        "lgsp": "nền tảng chia sẻ dữ liệu (LGSP)",
        "username_token": "WS-Security: tên đăng nhập và mật khẩu",
        "signature": "WS-Security: ký bằng chứng thư",
    },
    "pages.type": {
        "single": "không chia trang",
        "numbered": "số trang: {page}",
        "offset": "vị trí bản ghi: {offset}",
        "cursor": "câu trả lời cho dấu trang sau: {cursor}",
        "last_id": "số định danh cuối cùng: {last_id}",
        "next_link": "câu trả lời cho địa chỉ trang sau",
        "link_header": "địa chỉ trang sau ở tiêu đề Link",
    },
}
_ALL = {**_DOCUMENT, **_ASKING, **SOAP, **PUSH, **FILES, **RARE}

# What is wrong with a document, as often as people meet it.
_WRONG = (
    (
        r"'(.*)' is no duration; .*",
        "“{0}” không phải một khoảng thời gian; ghi số và đơn vị: 90s (giây), 5m (phút), 2h (giờ), 1d (ngày)",
    ),
    (r'"?(.*?)"? is not a whole number.*', "“{0}” không phải một số nguyên"),
    (r'"?(.*?)"? is not a number.*', "“{0}” không phải một số"),
    (r'"?(.*?)"? is not a text(; .*)?', "“{0}” phải là chữ; hãy đặt trong ngoặc kép"),
    (r'"(.*)" is missing(; .*)?', "chưa ghi “{0}”"),
    (r'unknown key "(.*?)"; did you mean "(.*)"\?', "không có ô nào tên “{0}”; có phải là “{1}” không?"),
    (r'unknown key "(.*?)"(; did you mean "(.*)"\?)?.*', "không có ô nào tên “{0}”; hãy kiểm tra lại cách viết"),
    (r'"?(.*?)"? is not allowed here; .*it must be (.*?)\)?', "“{0}” không dùng được ở đây; phải là {1}"),
    (
        r"`(.*)` must be a text, a number, true or false, or a list of such",
        "“{0}” phải là chữ, số, true hoặc false, hay một danh sách như vậy; chữ có dấu đặc biệt thì đặt trong ngoặc kép",
    ),
    (
        r"(?:.* )?must be a whole address that begins with http:// or https://.*",
        "phải là một địa chỉ đầy đủ, bắt đầu bằng http:// hoặc https://",
    ),
)


def said(sentence: str) -> str:
    """What is wrong with a document, in Vietnamese where that is read and known."""
    if chosen_language() == "vi":
        for pattern, vietnamese in _WRONG:
            if found := re.fullmatch(pattern, sentence, re.DOTALL):
                return vietnamese.format(*(part or "" for part in found.groups()))
    return sentence


def about(english: str) -> str:
    """What a setting is, for who reads Vietnamese; empty where only the English is known."""
    return _ALL.get(english, "") if chosen_language() == "vi" else ""


def choice(name: str, one: str) -> str:
    """What one way of a setting is, for who reads Vietnamese; empty where its own name says it."""
    return _CHOICES.get(name.removeprefix("settings."), {}).get(one, "") if chosen_language() == "vi" else ""
