"""What can be wrong with a whole file: it is set aside with a note that its author reads, and the others go on."""

from connectors.errors import ConnectorError

_ASK = "Hãy sửa tệp rồi chép lại vào thư mục; nếu không rõ, hãy gửi ghi chú này cho người quản trị hub."


class BadFile(Exception):
    """A file that cannot be read: one sentence for the operator, and advice in Vietnamese for whoever made it."""

    def __init__(self, sentence: str, advice: str = _ASK) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.advice = advice


class Incomplete(BadFile):
    """A file of which the end is missing: it may still be on its way, so it is given time."""


def not_whole(name: str) -> Incomplete:
    """What to say of a file whose end is missing."""
    return Incomplete(
        f"“{name}” ends before its end: it was not copied whole, or is damaged",
        "Tệp bị thiếu phần cuối hoặc bị hỏng. Hãy mở thử bằng Excel, lưu lại rồi chép lại vào thư mục.",
    )


def of_error(error: ConnectorError, name: str) -> BadFile:
    """What an error that the readers of answers raise says of a file."""
    if error.code == "truncated":
        return not_whole(name)
    sentence = str(error).replace("the answer of ", "", 1)
    return BadFile(sentence)
