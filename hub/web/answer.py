"""What the hub answers, as gunicorn is handed it."""

from typing import Any

from flask import Response
from werkzeug.datastructures import Headers


class Answer(Response):
    """A response that is not copied once more on its way out."""

    def get_wsgi_headers(self, environ: dict[str, Any]) -> Headers:
        """The headers as they were set.

        werkzeug copies them to mend addresses and lengths, which takes as long as a tenth of a look-up; only answers
        that send somebody elsewhere, and those without a body, have something to mend.
        """
        headers = self.headers
        if self.status_code != 200 or not self.is_sequence or "Location" in headers or "Content-Location" in headers:
            return super().get_wsgi_headers(environ)
        if "Content-Length" not in headers:
            headers.add("Content-Length", str(sum(len(part) for part in self.iter_encoded())))
        return headers
