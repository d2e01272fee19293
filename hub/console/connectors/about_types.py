"""What the settings of SOAP, pushed and file connectors are, in Vietnamese."""

# ruff: noqa: E501  # a sentence of the document is looked up whole

SOAP = {
    "How to ask a department system that is described by a WSDL.": "Cách hỏi một hệ thống có WSDL.",
    "What is sent with every request, by the names in the WSDL. Filled in: `{since}`, `{until}`, `{page}`, `{page_size}`, `{offset}`, `{cursor}`, `{last_id}` (the key of the last record), and what `secret_parameters` names. In a text that is XML or JSON itself they are escaped.": (
        "Gửi kèm mọi yêu cầu, theo tên trong WSDL, mỗi tham số một dòng, dạng tên: giá trị. Ví dụ tuThoiDiem: {since},"
        " trang: {page}, soDong: {page_size}. Hub điền các chỗ {since}, {until}, {page}, {page_size}, {offset}, {cursor},"
        " {last_id}."
    ),
    "The address of the WSDL; or the path of a file, or of a folder with all its files, where the department only mails it.": (
        "Địa chỉ WSDL, như https://hoso.example/HoSoService?wsdl."
    ),
    "Other hosts that may be asked for schemas that the WSDL imports; they get no credentials.": (
        "Máy chủ khác được hỏi lược đồ mà WSDL dẫn tới; hub không gửi tài khoản cho các máy đó."
    ),
    "The operation that lists records.": "Thao tác trả về danh sách hồ sơ.",
    "The service in the WSDL; needed only where several offer the operation.": (
        "Dịch vụ trong WSDL; chỉ cần khi nhiều dịch vụ có cùng thao tác."
    ),
    "The port in the WSDL; needed only where several offer the operation.": (
        "Cổng (port) trong WSDL; chỉ cần khi nhiều cổng có cùng thao tác."
    ),
    "Where to send requests, where the address that the WSDL gives cannot be reached.": (
        "Gửi yêu cầu đến đâu, khi không đến được địa chỉ ghi trong WSDL."
    ),
    "The SOAPAction to send, where the one that the WSDL gives is wrong.": "SOAPAction phải gửi, khi WSDL ghi sai.",
    "Whether the password is sent as it is, as it is with nonce and time beside it, or as a digest with nonce and time.": (
        "Mật khẩu gửi nguyên, gửi kèm nonce và giờ, hay gửi dạng băm cùng nonce và giờ."
    ),
    "Say in a Timestamp for how long a request is valid; left out, there is none.": (
        "Yêu cầu có giá trị bao nhiêu giây, ghi trong Timestamp; để trống là không ghi."
    ),
    "A PEM file with the certificate that the department knows the hub by.": (
        "Tệp PEM có chứng thư mà cơ quan dùng để nhận biết hub."
    ),
    "The PEM file with its private key.": "Tệp PEM có khóa riêng của chứng thư đó.",
    "What the private key is encrypted with, if it is.": "Mật khẩu mở khóa riêng, nếu có.",
    'Elements for the SOAP header, such as `AuthHeader: {UserName: …, Password: …}`; never shown, so every value must be a reference, the user\'s name too. One that the WSDL leaves out is written with its namespace: `"{http://tempuri.org/}AuthHeader"`.': (
        "Phần tử của SOAP header, như AuthHeader: {UserName: …, Password: …}. Mọi giá trị đều phải là bí mật, cả tên đăng nhập."
    ),
    "The version of WS-Addressing that requests must carry.": "Phiên bản WS-Addressing mà yêu cầu phải mang.",
    "What `{page}` is for the first page.": "Trang đầu mang số mấy, thường là 0 hoặc 1.",
    "The element that is one record: its local name, or `parent.child` where that is not enough. A path in a text that holds JSON; empty: the text is the list.": (
        "Phần tử là một bản ghi: tên của nó, như HoSo, hoặc cha.con khi một tên chưa đủ."
    ),
    "Where the records are in a document inside a text of the answer.": (
        "Chỗ có bản ghi, khi câu trả lời chứa cả một tài liệu trong một đoạn chữ."
    ),
    "The element that holds the text (its local name); where it comes more than once, every one is read. `attachment` is a file that comes with the answer.": (
        "Phần tử chứa đoạn chữ đó; attachment là tệp gửi kèm câu trả lời."
    ),
    "What the text is. `records` and the others are then read in it. Base64, gzip, CDATA and escaping around it are taken off.": (
        "Đoạn chữ đó là gì. Hub tự gỡ Base64, gzip, CDATA bọc ngoài."
    ),
    "The element that says true while there are further pages, if there is one.": (
        "Phần tử ghi true khi còn trang sau, nếu có."
    ),
    "The element whose text the next request must send as `{cursor}`, if there is one.": (
        "Phần tử cho biết {cursor} của yêu cầu sau, nếu có."
    ),
    "What `{cursor}` or `{last_id}` is in the first request; left out, that parameter is left out.": (
        "{cursor} hoặc {last_id} ở yêu cầu đầu; để trống là không gửi tham số đó."
    ),
    "The element that says how many records there are, if there is one.": "Phần tử ghi tổng số bản ghi, nếu có.",
    "Where an answer says that something went wrong, without a Fault.": (
        "Chỗ câu trả lời báo lỗi mà không dùng Fault."
    ),
    "What Faults mean, where it is not what their codes say; the first that fits counts.": (
        "Các Fault nghĩa là gì, khi không đúng như mã của chúng; lấy dòng khớp đầu tiên."
    ),
    "How one record is asked for by its key, if it can be.": (
        "Cách hỏi riêng một bản ghi, nếu hỏi được. Có phần này thì “Lấy lại một hồ sơ” mới dùng được."
    ),
    "The operation that gives one record.": "Thao tác trả về một bản ghi.",
    "What is sent with it; `{key}` is filled in.": "Gửi kèm gì; hub điền {key} là số định danh.",
    "The element that is the record, where it is another than in a list.": (
        "Phần tử là bản ghi, nếu khác với trong danh sách."
    ),
    "How the changes of a period are counted or listed, if they can be.": (
        "Cách đếm hoặc liệt kê thay đổi trong một khoảng thời gian, nếu được."
    ),
    "The operation that counts, or lists, the changes of a period.": "Thao tác đếm hoặc liệt kê thay đổi trong một khoảng.",
    "What is sent with it; `{since}` and `{until}` are filled in. The period begins at `{since}` and ends before `{until}`.": (
        "Gửi kèm gì; {since} là đầu khoảng, {until} là cuối khoảng (không tính)."
    ),
    "The element that says how many there are.": "Phần tử ghi con số.",
    "The element that is the key of each: `DanhSach.HoSo.SoHoSo`. Without it they are pulled.": (
        "Phần tử là số định danh của từng bản ghi, như DanhSach.HoSo.SoHoSo."
    ),
}
PUSH = {
    "What the department sends; its mapping reads the same.": "Cơ quan gửi dạng gì; ánh xạ đọc đúng dạng đó.",
    "JSON: where the list of records stands (a dotted path; empty: the body is the list, or the one record). XML: the element that is one record; empty: the whole document is one.": (
        "JSON: chỗ có danh sách (đường dẫn có chấm; để trống: cả gói tin). XML: phần tử là một bản ghi."
    ),
    "Where a record says when it last changed. With it, a state that arrives late does not replace a newer one.": (
        "Chỗ bản ghi cho biết nó thay đổi lúc nào; nhờ vậy bản đến muộn không đè bản mới hơn."
    ),
    "How that time is written: `iso`, or a pattern such as `dd/MM/yyyy HH:mm:ss`.": (
        "Thời điểm đó viết thế nào: iso, hoặc một mẫu như dd/MM/yyyy HH:mm:ss."
    ),
    "The time zone of times that do not say theirs.": "Múi giờ của những thời điểm không ghi múi giờ.",
    "The charset of the body where it names a wrong one or none, such as windows-1258 or utf-16.": (
        "Bảng mã của gói tin khi không ghi hoặc ghi sai, như windows-1258, utf-16."
    ),
    "What stands between the cells of CSV; `auto` sees it in the first row.": "Dấu ngăn các ô CSV; auto: nhìn dòng đầu mà biết.",
    "Where the body says the number of the request (a dotted path or element), besides the headers `Idempotency-Key` and `X-Request-Id`.": (
        "Chỗ gói tin ghi số của yêu cầu, ngoài tiêu đề Idempotency-Key và X-Request-Id."
    ),
    "How long a request number is known: the same one is answered the same.": (
        "Nhớ số của yêu cầu bao nhiêu ngày: gửi lại cùng số thì được trả lời y như trước."
    ),
    "A signature of the body, where it must have one.": "Chữ ký của gói tin, nếu bắt buộc phải có.",
    "The secret that both sides know.": "Bí mật mà hai bên cùng biết.",
    "The header that carries the signature.": "Tiêu đề mang chữ ký.",
    "The SOAP service to be, where software expects one; unless told, the hub's own.": (
        "Dịch vụ SOAP mà phần mềm của cơ quan chờ gặp; để trống là dịch vụ sẵn có của hub."
    ),
    "Where the department reaches the hub, such as `https://hub.example`, if the hub does not see it itself because a proxy stands before it; the WSDL names it.": (
        "Địa chỉ để cơ quan đến được hub, như https://hub.example, khi có proxy đứng trước; WSDL sẽ ghi địa chỉ này."
    ),
    "The largest body that is taken, counted after decompression.": "Gói tin lớn nhất được nhận (byte, sau khi giải nén).",
    "The most records that one push may bring.": "Mỗi lần đẩy nhiều nhất bao nhiêu bản ghi.",
}
FILES = {
    "The folder on the hub's machine, or a share that is mounted there.": (
        "Thư mục trên máy chủ hub, hoặc thư mục chia sẻ gắn vào đó."
    ),
    "The folder on an SFTP server, instead of `folder`.": "Thư mục trên máy chủ SFTP, thay cho folder.",
    "The name or address of the SFTP server.": "Tên hoặc địa chỉ máy chủ SFTP.",
    "Its port.": "Cổng của máy chủ đó.",
    "The server's public key, `ssh-ed25519 AAAA…`: who answers with another key is not talked to. `ssh-keyscan HOST` shows it; compare it with what the server's keeper reads out.": (
        "Khóa công khai của máy chủ, dạng ssh-ed25519 AAAA…; lệnh ssh-keyscan TÊN-MÁY cho xem. Hãy đối chiếu với"
        " người quản trị máy chủ đó."
    ),
    "Its password, unless a key is used.": "Mật khẩu của tài khoản đó, nếu không dùng khóa.",
    "The folder on the server; `.` is where the server lets the user in.": (
        "Thư mục trên máy chủ; dấu . là nơi máy chủ cho vào đầu tiên."
    ),
    "How long to wait for a connection to be opened and agreed on.": "Chờ mở kết nối bao lâu (giây).",
    "How long the server may stay silent.": "Máy chủ được im lặng bao lâu (giây).",
    "Which files to take, such as `*.xlsx`; capitals do not matter.": "Lấy những tệp nào, như *.xlsx; không phân biệt hoa thường.",
    "What the files are; `auto` looks into each.": "Tệp dạng gì; auto: mở từng tệp ra xem.",
    "The sheet of a workbook; unless told, the first one that is not hidden.": (
        "Trang tính nào; để trống là trang đầu tiên không bị ẩn."
    ),
    "The row of a sheet or CSV file that has the names of the columns.": "Dòng có tên các cột là dòng số mấy.",
    "What stands between the cells of a CSV file; `auto` sees it in the first row.": (
        "Dấu ngăn các ô CSV; auto: nhìn dòng đầu mà biết."
    ),
    "The charset of text files where it is not seen, such as windows-1258.": (
        "Bảng mã của tệp chữ khi không tự nhận ra được, như windows-1258."
    ),
    "Where a JSON file has its list of records (a dotted path; empty: it is the list), or the element that is one record of an XML file.": (
        "JSON: chỗ có danh sách (đường dẫn có chấm; để trống: cả tệp). XML: phần tử là một bản ghi."
    ),
    "The column or field that identifies a record for ever.": "Cột hoặc trường cho biết đó là bản ghi nào, không bao giờ đổi.",
    "Where a record says when it last changed.": "Chỗ bản ghi cho biết nó thay đổi lần cuối lúc nào.",
    "How many records are stored at a time.": "Mỗi lần lưu bao nhiêu bản ghi.",
    "A file is taken when it has not changed for so long. 0: as soon as it is seen.": (
        "Tệp không đổi chừng này giây mới được lấy. 0: thấy là lấy."
    ),
    "The ending of a second, empty file that says that the first is complete, such as `.done`: `so.xlsx` is taken once `so.xlsx.done` is there, whatever `settle_seconds` says.": (
        "Đuôi của tệp rỗng báo rằng tệp chính đã xong, như .done: có so.xlsx.done thì so.xlsx mới được lấy."
    ),
    "The folder inside the folder where files go that were read.": "Thư mục con để chuyển tệp đã đọc vào.",
    "Where files go that cannot be read, each with a note on why.": "Thư mục để tệp không đọc được, kèm ghi chú vì sao.",
    "The largest file that is read.": "Tệp lớn nhất được đọc (byte).",
    "The most that a workbook, which is compressed, may unpack to.": "Bảng tính sau khi giải nén lớn nhất bao nhiêu (byte).",
}
RARE = {
    "How to read what a department pushes; the hub asks it for nothing.": "Cách đọc những gì cơ quan tự đẩy sang.",
    "How to take records from files that somebody puts into a folder.": "Cách lấy bản ghi từ tệp đặt vào một thư mục.",
    "The file with the hub's private key, instead of a password.": "Tệp có khóa riêng của hub, thay cho mật khẩu.",
    "What opens that file, if it is locked.": "Mật khẩu mở tệp đó, nếu có.",
    "The hash that it uses.": "Thuật toán băm.",
    "The hash.": "Thuật toán băm.",
    "How it is written; `sha256=` before it is allowed.": "Chữ ký viết thế nào; được phép có sha256= đứng trước.",
    "The element of the answer; unless told the operation with `Result` behind it.": (
        "Phần tử của câu trả lời; để trống là tên thao tác thêm Result."
    ),
    "What it says. `{code}`, `{message}`, `{request_id}`, `{received}`, `{created}`, `{updated}`, `{unchanged}` and `{quarantined}` are filled in, in a way that fits JSON and XML.": (
        "Nội dung trả lời. Hub điền {code}, {message}, {request_id}, {received}, {created}, {updated}, {unchanged},"
        " {quarantined}."
    ),
    "The `{code}` when every record was taken.": "{code} khi mọi bản ghi đều được nhận.",
    "The `{code}` when some were quarantined: the hub has them, too.": "{code} khi có bản ghi bị cách ly (hub vẫn giữ).",
    "The `{code}` when none was taken, or the data cannot be read.": "{code} khi không nhận bản ghi nào.",
    "The namespace of the service, such as `http://tempuri.org/`.": "Không gian tên (namespace), như http://tempuri.org/.",
    "The name of the service in the WSDL.": "Tên dịch vụ trong WSDL.",
    "The operation that brings records.": "Thao tác mang bản ghi đến.",
    "The SOAPAction in the WSDL; unless told the namespace and the operation.": (
        "SOAPAction trong WSDL; để trống là namespace ghép với thao tác."
    ),
    "Whether parameters are in the namespace too (.NET) or in none (Java, rpc); any are understood.": (
        "Tham số có nằm trong namespace (.NET) hay không (Java, rpc); dạng nào hub cũng hiểu."
    ),
    "The parameter that holds the records as a text.": "Tham số chứa bản ghi dưới dạng chữ.",
    "The parameter that holds the records as elements (only with `format: xml`).": (
        "Tham số chứa bản ghi dưới dạng phần tử (chỉ với định dạng xml)."
    ),
    "The parameter that numbers the request.": "Tham số ghi số của yêu cầu.",
    "The parameter with a user name; it may say anything.": "Tham số ghi tên đăng nhập; ghi gì cũng được.",
    "The parameter with the key, where the software sends its password like that.": "Tham số mang khóa (mật khẩu).",
    "Further parameters that it sends; they are not read.": "Các tham số khác được gửi đến; hub không đọc.",
    "How it is answered; unless told, with an element for each count and record.": "Trả lời thế nào; để trống là dạng sẵn có.",
    "How the client proves who it is: its secret in the header (`basic`) or in the form (`post`), a signature by `private_key_file` (`private_key_jwt`), or not at all (`none`).": (
        "Ứng dụng chứng minh mình thế nào: bí mật ở tiêu đề (basic), ở biểu mẫu (post), chữ ký (private_key_jwt),"
        " hoặc không cần (none)."
    ),
    "The PEM file with the key that signs, for `private_key_jwt`.": "Tệp PEM có khóa để ký, với private_key_jwt.",
    "That key itself, instead of a file.": "Chính khóa đó, thay cho tệp.",
    "The name of that key (`kid`), where the department wants it.": "Tên của khóa đó (kid), nếu cơ quan đòi.",
    "How `private_key_jwt` is signed; RSA keys sign RS and PS, elliptic ones ES.": (
        "Ký private_key_jwt bằng thuật toán nào: khóa RSA ký RS, PS; khóa elliptic ký ES."
    ),
    "Whom the signature is meant for, where that is not `token_url`.": "Chữ ký dành cho ai, nếu khác địa chỉ cấp mã.",
    "What else the token address wants in its form, such as `resource`.": "Địa chỉ cấp mã còn đòi gì, như resource.",
    "What it means where an answer does not have that place at all. `prove`: the hub makes sure, by asking for one record, that the place is right; `end`: that was the last page.": (
        "Câu trả lời không có chỗ đó thì hiểu sao. prove: hub hỏi thử một bản ghi để chắc chỗ ghi đúng; end: đã hết trang."
    ),
    "How that secret is written.": "Bí mật đó viết ở dạng nào.",
    "The name of the secret, for `{key_id}`.": "Tên của bí mật, cho chỗ {key_id}.",
    "What is signed, of `{method}`, `{host}`, `{path}`, `{query}`, `{sorted_query}`, `{timestamp}`, `{nonce}`, `{body}`, `{body_sha256}` and `{key_id}`.": (
        "Ký những gì, trong số {method}, {host}, {path}, {query}, {sorted_query}, {timestamp}, {nonce}, {body},"
        " {body_sha256}, {key_id}."
    ),
    "How the signature is written.": "Chữ ký viết ở dạng nào.",
    "How `{timestamp}` is written: seconds or milliseconds since 1970, or `iso`.": (
        "{timestamp} viết thế nào: số giây hoặc mili giây từ 1970, hoặc iso."
    ),
    "The headers that carry it: `{signature}` and whatever `signed` may have.": "Các tiêu đề mang chữ ký: {signature} và những chỗ trên.",
    "The AccessKey.": "AccessKey do nền tảng cấp.",
    "The SecretKey.": "SecretKey do nền tảng cấp.",
    "The AppName.": "AppName do nền tảng cấp.",
    "The PartnerCode, such as 000.00.01.H29.": "PartnerCode, như 000.00.01.H29.",
    "The PartnerCodeCus, where there is one.": "PartnerCodeCus, nếu có.",
    "The header; some write `lgspaccesstoken`.": "Tên tiêu đề; có nơi dùng lgspaccesstoken.",
    "Where that header gets a token (a form with `grant_type=client_credentials`), if it must.": (
        "Địa chỉ cấp mã truy cập cho tiêu đề đó, nếu bắt buộc."
    ),
    "Where the answer holds the token (a dotted path). Without it, the cookie that it sets counts.": (
        "Chỗ câu trả lời có mã truy cập (đường dẫn có chấm). Để trống là dùng cookie."
    ),
    "The header that carries the token. `null` where it goes as `{token}` into `parameters` or `body`.": (
        "Tiêu đề mang mã truy cập; ghi null khi mã đi vào {token} của tham số hoặc body."
    ),
    "What that header says.": "Tiêu đề đó ghi gì.",
    "How long a log-in is good for, where the system does not refuse an old one but answers wrongly.": (
        "Một lần đăng nhập dùng được bao nhiêu giây, khi hệ thống không từ chối phiên cũ mà trả lời sai."
    ),
    "Where these are in a document inside a text, where that is not as in a list.": (
        "Chỗ có chúng, khi nằm trong một tài liệu ở giữa đoạn chữ và khác với danh sách."
    ),
    "Where the record is in a document inside a text, where that is not as in a list.": (
        "Chỗ có bản ghi, khi nằm trong một tài liệu ở giữa đoạn chữ và khác với danh sách."
    ),
    "Its code, with or without prefix: `Server`, `*Timeout`.": "Mã của Fault, như Server, *Timeout.",
    "What it says: `*không có dữ liệu*`.": "Fault ghi gì, như *không có dữ liệu*.",
    "What stands in its detail.": "Phần chi tiết ghi gì.",
    "`unavailable` (try later), `refused` (credentials), `changed` (stop) or `empty` (no records).": (
        "unavailable (thử lại sau), refused (tài khoản), changed (dừng) hoặc empty (không có bản ghi)."
    ),
    "How long to wait, where it means `unavailable`.": "Chờ bao nhiêu giây, khi là unavailable.",
    "How the certificate comes along: as a BinarySecurityToken, or as X509Data inside the signature.": (
        "Chứng thư gửi kèm thế nào: BinarySecurityToken, hoặc X509Data trong chữ ký."
    ),
    "How it is signed; rsa-sha1 only for systems that know nothing newer.": (
        "Ký bằng thuật toán nào; rsa-sha1 chỉ cho hệ thống cũ không biết gì mới hơn."
    ),
    "For how long a request is valid, as its Timestamp says; `null` for none.": (
        "Yêu cầu có giá trị bao nhiêu giây, ghi trong Timestamp; null là không ghi."
    ),
    "A user to name as well, in a UsernameToken.": "Tên đăng nhập ghi thêm trong UsernameToken, nếu cần.",
    "Its password, as text.": "Mật khẩu của tên đó, dạng chữ.",
}
