"""What an error code means and what to do about it, for an operator. The technical sentence stands below it."""

from flask_babel import lazy_gettext as _

from hub.console.words import Word

_WAIT = _("Không mất dữ liệu; hub sẽ tự thử lại. Nếu kéo dài, hãy hỏi cơ quan xem hệ thống có đang hoạt động không.")
_ASK = _("Hãy đối chiếu cấu hình với tài liệu của cơ quan, hoặc hỏi cơ quan xem giao diện có thay đổi không.")
_SETTINGS = _("Hãy kiểm tra phần cấu hình của đầu nối này trong config.yaml.")
_RENEW = _("Hãy xin hoặc cấp cái mới trước ngày đó.")
_NOTHING_LOST = _("Không mất dữ liệu: lượt chạy sau sẽ tiếp tục từ chỗ đã dừng.")
_LISTING = _("Hãy hỏi cơ quan xem danh sách có đầy đủ không.")

_MEANINGS: dict[str, tuple[Word, Word]] = {
    # to wait for, because the department does not answer properly just now
    "unavailable": (_("Hệ thống của cơ quan tạm thời không phục vụ."), _WAIT),
    "timeout": (_("Hệ thống của cơ quan không trả lời trong thời gian chờ."), _WAIT),
    "no_connection": (_("Không kết nối được tới hệ thống của cơ quan."), _WAIT),
    "unknown_host": (_("Không tìm thấy tên máy chủ của cơ quan."), _SETTINGS),
    "cut": (_("Kết nối bị ngắt trước khi có câu trả lời."), _WAIT),
    "truncated": (_("Câu trả lời bị đứt giữa chừng."), _WAIT),
    "empty_answer": (_("Hệ thống của cơ quan trả lời rỗng."), _WAIT),
    "html_answer": (
        _("Nhận được một trang web thay vì dữ liệu."),
        _("Thường là trang đăng nhập, thông báo bảo trì hoặc tường lửa. Hãy mở địa chỉ đó bằng trình duyệt để đọc."),
    ),
    "server_error": (_("Hệ thống của cơ quan đang gặp sự cố."), _WAIT),
    "busy": (_("Hệ thống của cơ quan đang quá tải."), _WAIT),
    "proxy": (_("Máy chủ proxy không chuyển tiếp yêu cầu."), _SETTINGS),
    "tls": (_("Không thiết lập được kết nối bảo mật."), _WAIT),
    # to stop at, because of credentials or rights
    "refused": (
        _("Cơ quan từ chối quyền truy cập."),
        _("Hãy kiểm tra tài khoản và quyền đã cấp cho hub. Hub không thử lại để tránh khóa tài khoản."),
    ),
    "not_permitted": (
        _("Địa chỉ này dẫn về máy chủ của hub, không phải hệ thống của cơ quan."),
        _("Hãy ghi địa chỉ hệ thống của bạn."),
    ),
    "client_certificate": (
        _("Cơ quan không chấp nhận chứng thư số của hub."),
        _("Hãy kiểm tra chứng thư và khóa riêng, và xem cơ quan đã đăng ký chứng thư này chưa."),
    ),
    # to stop at, because their interface moved or the settings are wrong
    "certificate": (
        _("Chứng thư số của hệ thống cơ quan không đáng tin cậy."),
        _("Nếu là chứng thư riêng của cơ quan, hãy xin chứng thư gốc và khai báo ở `ca_file`."),
    ),
    "redirected": (_("Hệ thống của cơ quan chuyển hướng sang địa chỉ khác."), _ASK),
    "not_found": (_("Địa chỉ không còn tồn tại."), _ASK),
    "bad_request": (_("Hệ thống của cơ quan không hiểu yêu cầu."), _ASK),
    "too_large": (
        _("Câu trả lời lớn hơn mức cho phép."),
        _("Hãy giảm `page_size`, hoặc tăng giới hạn nếu đúng là cần."),
    ),
    "local_settings": (_("Thiết lập của hub không dùng được."), _SETTINGS),
    "not_http": (_("Địa chỉ này không nói giao thức HTTP."), _SETTINGS),
    "not_json": (_("Câu trả lời không phải JSON."), _ASK),
    "not_xml": (_("Câu trả lời không phải XML."), _ASK),
    "not_csv": (_("Câu trả lời không phải CSV như đã khai báo."), _ASK),
    "charset": (
        _("Câu trả lời không viết bằng bảng mã đã khai báo."),
        _("Hãy khai báo đúng bảng mã ở `charset`, ví dụ windows-1258 hoặc utf-16."),
    ),
    "encoding": (_("Câu trả lời được nén theo cách hub không yêu cầu."), _ASK),
    "told_error": (
        _("Câu trả lời của cơ quan báo lỗi."),
        _("Câu kỹ thuật bên dưới là lời của cơ quan; ý nghĩa từng mã lỗi khai báo ở `errors`."),
    ),
    "openapi": (_("Không đọc được bản mô tả OpenAPI của cơ quan."), _ASK),
    "forbidden_xml": (_("XML chứa nội dung bị cấm vì lý do an toàn."), _ASK),
    "records": (_("Không thấy danh sách bản ghi ở nơi đã khai báo."), _ASK),
    "no_key": (_("Bản ghi không có mã định danh."), _ASK),
    "changed_at": (_("Không đọc được thời điểm thay đổi của bản ghi."), _ASK),
    "paging": (_("Việc phân trang không như đã khai báo."), _ASK),
    "stuck": (_("Nguồn trả về mãi một trang."), _ASK),
    "total": (_("Câu trả lời không cho biết tổng số bản ghi ở nơi đã khai báo."), _SETTINGS),
    "multi_reference": (
        _("Câu trả lời có tham chiếu (href) dẫn vào chỗ trống, đi vòng tròn hoặc quá nhiều."),
        _("Hãy gửi câu trả lời được lưu cho cơ quan; kiểu document/literal không cần tham chiếu."),
    ),
    "multipart": (_("Không đọc được câu trả lời gồm nhiều phần (tệp đính kèm)."), _ASK),
    "order": (_("Bản ghi không theo thứ tự đã khai báo."), _ASK),
    "bookmark": (_("Không đọc được điểm đánh dấu."), _("Hãy “Đọc lại từ đầu” ở trang Lượt chạy của đầu nối.")),
    "no_token": (_("Máy chủ cấp quyền không trả về mã truy cập."), _ASK),
    "next_link": (_("Địa chỉ trang sau không dùng được."), _ASK),
    "wsdl": (_("Không đọc được WSDL của cơ quan."), _ASK),
    "schema_elsewhere": (_("WSDL trỏ tới lược đồ ở nơi khác."), _ASK),
    "operation": (_("WSDL không có thao tác đã khai báo."), _ASK),
    "parameters": (_("Tham số đã khai báo không khớp với WSDL."), _SETTINGS),
    "not_soap": (_("Câu trả lời không phải SOAP."), _ASK),
    "fault": (_("Hệ thống của cơ quan trả về lỗi (SOAP Fault)."), _("Câu kỹ thuật bên dưới là lời của cơ quan.")),
    "inside": (_("Nội dung bên trong câu trả lời không đọc được."), _ASK),
    "bad_record": (_("Một bản ghi không đọc được."), _("Bản ghi đã được cách ly; các bản ghi khác vẫn tiếp tục.")),
    "broken_record": (_("Một dòng không đọc được."), _("Bản ghi đã được cách ly; các bản ghi khác vẫn tiếp tục.")),
    # files and pushes
    "no_folder": (
        _("Không thấy thư mục nhận tệp."),
        _("Hãy kiểm tra đường dẫn và xem ổ chia sẻ có được gắn không; không mất dữ liệu, hub sẽ tự xem lại."),
    ),
    "folder": (_("Không làm việc được với thư mục nhận tệp."), _WAIT),
    "file_rights": (
        _("Hub không đủ quyền trong thư mục nhận tệp."),
        _("Hãy cấp cho hub quyền liệt kê, đọc và chuyển tệp trong thư mục đó."),
    ),
    "host_key": (
        _("Máy chủ SFTP không trình đúng khóa đã khai báo, hub không gửi gì cho nó."),
        _("Hãy hỏi người quản trị máy chủ xem khóa có được đổi không; nếu không, có thể ai đó đang chen giữa."),
    ),
    "bad_file": (
        _("Có tệp không đọc được."),
        _("Tệp nằm trong thư mục `failed` kèm ghi chú; sửa xong hãy chép lại vào thư mục nhận."),
    ),
    "push_only": (
        _("Cơ quan này tự đẩy hồ sơ sang, hub không có gì để hỏi."),
        _("Hãy bỏ `schedule`; nếu thiếu hồ sơ, hãy đề nghị cơ quan đẩy lại."),
    ),
    # what a run does to spare its department, and what it finds out besides
    "blackout": (
        _("Đang trong khung giờ không được hỏi cơ quan (blackout)."),
        _("Không mất dữ liệu: lượt chạy tự tiếp tục khi hết khung giờ đó."),
    ),
    "drift": (
        _("Nguồn dữ liệu đã thay đổi so với lần chấp nhận trước."),
        _("Ở trang của đầu nối, hãy xem thử ánh xạ đọc ra gì: đúng thì chấp nhận, sai thì sửa ánh xạ rồi chấp nhận."),
    ),
    "too_many_unreadable": (
        _("Quá nhiều bản ghi không đọc được, nên lượt chạy đã dừng trước khi gây hại."),
        _("Hãy xem trang Cách ly, sửa ánh xạ hoặc ngưỡng `stop_when`; hoặc “Chạy bỏ qua giờ nghỉ” ở trang Lượt chạy."),
    ),
    "not_in_payload": (
        _("Một số bản ghi không còn tìm thấy trong gói tin của chúng."),
        _("Cách đọc gói tin đã đổi; hãy “Đọc lại từ đầu” ở trang Lượt chạy của đầu nối."),
    ),
    "payload_not_read": (
        _("Một số gói tin không đọc lại được."),
        _("Hãy kiểm tra cấu hình của đầu nối, hoặc “Đọc lại từ đầu” ở trang Lượt chạy của đầu nối."),
    ),
    "problems": (
        _("Một số hồ sơ có trường không đọc được; các trường đó để trống."),
        _("Trang của từng hồ sơ và `hub dossier` cho biết trường nào; hãy sửa ánh xạ hoặc báo cho cơ quan."),
    ),
    "duplicate_service": (
        _("Có thủ tục được đầu nối khác cùng phục vụ."),
        _("Đây là phát hiện về quy định một cổng, không phải lỗi; xem Danh mục, mục Dịch vụ trùng."),
    ),
    "server_certificate_ends": (_("Chứng thư số của hệ thống cơ quan sắp hết hạn."), _RENEW),
    "our_certificate_ends": (_("Chứng thư số của hub sắp hết hạn."), _RENEW),
    "token_ends": (_("Mã truy cập đã khai báo sắp hết hạn."), _RENEW),
    "secret_ends": (_("Mật khẩu hoặc khóa đã lưu sắp hết hạn."), _RENEW),
    # of the hub itself
    "stopped": (_("Hub được dừng khi đang chạy."), _NOTHING_LOST),
    "lease_lost": (_("Một tiến trình khác đã tiếp quản đầu nối này."), _NOTHING_LOST),
    "worker_died": (
        _("Tiến trình chạy bị dừng giữa chừng."),
        _("Không mất dữ liệu: tiến trình khác đã chạy tiếp từ trang đã lưu."),
    ),
    "worker_dies": (
        _("Tiến trình chạy bị dừng nhiều lần ở cùng một trang."),
        _("Có thể trang đó quá lớn so với bộ nhớ của máy; hãy giảm `page_size` và báo cho người quản trị hub."),
    ),
    "gave_way": (_("Lượt chạy nhường chỗ cho đầu nối khác."), _("Lượt chạy tự tiếp tục từ trang đã lưu.")),
    "cancelled": (_("Lượt chạy đã được hủy."), _NOTHING_LOST),
    "store_away": (
        _("Cơ sở dữ liệu của hub tạm thời không trả lời."),
        _("Không mất dữ liệu: trang chưa lưu được ghi lại khi cơ sở dữ liệu trở lại."),
    ),
    "not_active": (
        _("Đầu nối này đang tạm dừng hoặc đã ngừng dùng, nên không chạy."),
        _("Trang của đầu nối cho biết ai đã đổi và vì sao, và có nút “Chạy tiếp” hoặc “Kích hoạt đầu nối”."),
    ),
    "not_usable": (
        _("Tài liệu hoặc ánh xạ của đầu nối này không còn dùng được."),
        _("Ở trang của đầu nối, hãy bấm “Sửa”, hoặc dùng lại bản trước ở “Các phiên bản của tài liệu”."),
    ),
    "cannot_backfill": (
        _("Đầu nối này không đọc lại được theo khoảng thời gian."),
        _("Hãy khai báo `changed_at` nếu bản ghi có thời điểm thay đổi, hoặc “Đọc lại từ đầu” ở trang Lượt chạy."),
    ),
    # what a full listing did not hold
    "nothing_listed": (_("Nguồn không liệt kê bản ghi nào, nên không bản ghi nào bị coi là không còn."), _LISTING),
    "short_listing": (_("Nguồn liệt kê ít hơn số đã báo, nên không bản ghi nào bị coi là không còn."), _LISTING),
    "shrunk_listing": (
        _("Nguồn liệt kê chưa tới một nửa số bản ghi hub đang giữ, nên không bản ghi nào bị coi là không còn."),
        _("Nếu nguồn đã bỏ thật, hãy “Đọc lại từ đầu” ở trang Lượt chạy và đánh dấu ô trong đó để quyết định."),
    ),
    "not_listed": (_("Có bản ghi không thấy trong lượt đọc toàn bộ; hub giữ nguyên."), _LISTING),
    "listing_not_whole": (_("Danh sách của nguồn thiếu bản ghi vẫn còn ở nguồn; hub giữ nguyên."), _LISTING),
    "removal_waits": (
        _("Có bản ghi không thấy trong lượt đọc toàn bộ, đang chờ quyết định."),
        _("Hãy xem và quyết định ở trang Không còn ở nguồn?."),
    ),
    "hub_fault": (_("Hub gặp lỗi nội bộ."), _("Chi tiết có trong nhật ký; hãy báo cho người quản trị hub.")),
}
_UNKNOWN = (_("Lượt chạy gặp lỗi."), _("Xem câu kỹ thuật bên dưới."))


def meaning(code: str | None) -> tuple[Word, Word]:
    """What happened, and what comes next or is to be done."""
    return _MEANINGS.get(code or "", _UNKNOWN)
