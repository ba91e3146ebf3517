"""A process that puts batches into an outbox and sends them, until it is killed or all is sent.

``python -m tests.server.flood OUTBOX URL COUNT``; prints a line for every batch that is in the outbox.
"""

import sys
import threading
from pathlib import Path

from inspector.server.endpoint import endpoint_of
from inspector.server.keys import Keys
from inspector.server.outbox import Item, Outbox, Parcel
from inspector.server.sender import Sender


def main() -> None:
    path, url, count = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
    outbox = Outbox(path)
    done = threading.Event()

    def on_item(_item: Item) -> None:
        if outbox.counts().get("sent", 0) == count:
            done.set()

    sender = Sender(outbox, Keys(), on_item=on_item, seed=1)
    sender.start(endpoint_of(url))
    for n in range(count):
        outbox.put("run", url, [Parcel(f"id-{n}", n + 1, 1, "events_api", b'{"source_request_id":"id-%d"}' % n)])
        print(n, flush=True)
        sender.nudge()
    done.wait(60)
    sender.close()
    outbox.close()


if __name__ == "__main__":
    main()
