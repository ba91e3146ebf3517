"""A process that writes journals until it is killed, and acknowledges every entry after it was appended.

Reads one path a line; for each it forks a writer. Writes 4-byte numbers: the writer's process id, then the
``seq`` of every entry that was appended, then 0xFFFFFFFF when the writer is dead.
"""

import os
import struct
import sys
from pathlib import Path

from inspector.engine.entries import Entry
from inspector.journal import run as run_module
from inspector.journal.journal import Journal
from inspector.journal.run import Run
from tests.journal.stories import header, live

OUT = sys.stdout.fileno()


class AcknowledgingJournal(Journal):
    def append(self, entry: Entry) -> None:
        super().append(entry)
        os.write(OUT, struct.pack("<I", entry.seq))


def main() -> None:
    run_module.Journal = AcknowledgingJournal  # type: ignore[misc]
    for line in sys.stdin:
        path, seed = line.strip().rsplit("\t", 1)
        child = os.fork()
        if child == 0:
            os.write(OUT, struct.pack("<I", os.getpid()))
            live(Run.create(header(), Path(path)), 1_000_000, int(seed))
        os.waitpid(child, 0)
        os.write(OUT, struct.pack("<I", 0xFFFFFFFF))


if __name__ == "__main__":
    main()
