"""``python -m tests.soak [--minutes 20] [--seed N]``: live days in the real window, print what came of it.

Exit status 1 when something is missed. Nothing of your own data or settings is touched.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path

from inspector.journal.verify import verify
from tests.soak.readings import Reading, percentile
from tests.soak.soak import EVENTS_A_S, soak
from tests.soak.verdict import judged, table, warm_up_s


def _show(reading: Reading) -> None:
    print(
        f"\r{reading.at_s:6.0f} s  {reading.own_kb / 1e3:6.1f} + {reading.children_kb / 1e3:5.1f} MB  "
        f"{reading.handles} handles  {reading.threads} threads  {reading.entries:,} entries  "
        f"frame p99 {percentile(reading.frames_ms, 0.99):5.1f} ms ",
        end="\n" if not sys.stderr.isatty() else "",
        file=sys.stderr,
        flush=True,
    )


def main() -> int:
    """Soak, print, and say by the status whether all holds."""
    parser = argparse.ArgumentParser(prog="python -m tests.soak", description="Soak the real window.")
    parser.add_argument("--minutes", type=float, default=20.0, help="how long (default: 20)")
    parser.add_argument("--seed", type=int, default=1, help="of the days, the phones and the hand (default: 1)")
    parser.add_argument("--readings", metavar="FILE", help="write every look as a line of JSON, too")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="inspector-soak-") as home:
        outcome = soak(Path(home), options.minutes, options.seed, _show)
        same = outcome.journal is not None and verify(outcome.journal).same
    if options.readings:
        lines = [json.dumps(asdict(one)) for one in outcome.readings]
        Path(options.readings).write_text("\n".join(lines) + "\n", "utf-8")
    print(
        f"\n{outcome.readings[-1].at_s / 60:.1f} minutes on {outcome.screen}, seed {options.seed}: "
        f"{outcome.days:.1f} virtual days, {outcome.readings[-1].entries:,} entries, {outcome.kept:,} requests "
        f"of phones at {EVENTS_A_S} events a second, {outcome.acts:,} acts of the hand; the first "
        f"{warm_up_s(outcome.readings[-1].at_s):.0f} s are warm-up.\n"
    )
    rows = judged(outcome.readings, outcome.entry_bytes)
    print(table(rows))
    print(f"\nThe journal decided again is {'the same' if same else 'ANOTHER'}.")
    for fault in outcome.faults:
        print(f"\nFAULT: {fault}")
    return 0 if same and not outcome.faults and all(row.holds for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
