"""A department that is never the bottleneck: pages made beforehand, served from memory by a process of its own."""

import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import orjson

from tests.departments.generator import generate
from tests.departments.mot_cua_json import write_dossier

PAGE = 500


def pages(records: int) -> list[bytes]:
    """One-stop dossiers as slices, as the gateway would give them."""
    city = generate(judicial=0, one_stop=records, shared=0, faulty=0)
    found = sorted(
        (write_dossier(dossier) for dossier in city.one_stop), key=lambda one: one["updatedDate"], reverse=True
    )
    starts = range(0, len(found), PAGE)
    return [
        orjson.dumps({"content": found[start : start + PAGE], "last": start + PAGE >= len(found), "number": at})
        for at, start in enumerate(starts)
    ]


def main(records: int) -> None:
    """Serve until standard input closes; prints `ready URL`."""
    made = pages(records)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            number = int(parse_qs(urlsplit(self.path).query).get("page", ["0"])[0])
            body = made[number]
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing: only the figures count."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    print(f"ready http://127.0.0.1:{server.server_port}", flush=True)

    threading.Thread(target=server.serve_forever, daemon=True).start()
    sys.stdin.read()
    server.shutdown()


if __name__ == "__main__":
    main(int(sys.argv[1]))
