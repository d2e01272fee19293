"""A process that sends notices until its standard input is closed: `python -m … DATABASE-URL SECONDS`."""

import sys

from hub.outbox.webhooks import schedule
from hub.outbox.webhooks.sender import Sender
from hub.store.database import connect
from hub.sync.owner import this_process
from tests.hub.outbox.webhooks import record

# Tests do not wait for minutes; what is waited for stays what it is.
schedule.NOTICE_WAITS = (0.05,) * 8
schedule.SILENT_WAITS = (0.05, 0.1, 0.2, 0.2, 0.2, 0.2)


def main() -> None:
    database = connect(sys.argv[1])
    rules = record.rules(seconds=float(sys.argv[2]))
    sender = Sender(database, rules, record.reading(database), this_process())
    sender.start()
    print("sends", flush=True)
    sys.stdin.read()
    sender.stop()
    database.close()


if __name__ == "__main__":
    main()
