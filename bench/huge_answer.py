"""Reads one huge SOAP answer and prints the peak of its own memory in KiB; `bench.connectors` runs it by itself."""

import re
import sys
from pathlib import Path

from bench.connectors import pages_of, soap_settings
from connectors.soap import SOAP


def main(wsdl: str, records: int) -> None:
    """Read everything, keep nothing."""
    read = sum(len(page.records) for page in pages_of(SOAP, soap_settings(wsdl)))
    if read != records:
        sys.exit(f"{read} of {records} records came through")
    # Not ru_maxrss: the kernel counts the parent's memory in it where the process was forked.
    print(re.search(r"VmHWM:\s*(\d+)", Path("/proc/self/status").read_text())[1])


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
