"""``python -m tests.soak.faults [--kills 50] [--stop 60] [--seed N]``: every fault in full; a line each."""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from tests.soak.faults import happen


def main() -> int:
    """Let everything happen; the status says whether all was survived."""
    parser = argparse.ArgumentParser(prog="python -m tests.soak.faults", description="Faults under load.")
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--stop", type=float, default=60.0, help="seconds of SIGSTOP")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    seed = options.seed
    faults: dict[str, Callable[[Path], str]] = {
        "kill -9": lambda home: happen.killed(home, seed, options.kills),
        "size limit": lambda home: happen.size_limit(home, seed),
        "file deleted": lambda home: happen.device_gone(home, seed, deleted=True),
        "clock steps": lambda home: happen.clock_steps(home, seed),
        f"SIGSTOP for {options.stop:g} s": lambda home: happen.stopped(home, seed, options.stop),
    }
    failed = 0
    with tempfile.TemporaryDirectory(prefix="inspector-faults-") as folder:
        if happen.can_mount(Path(folder) / "try"):
            faults["disk full"] = lambda home: happen.disk_full(home, seed)
            faults["device removed"] = lambda home: happen.device_gone(home, seed)
        else:
            print("disk full, device removed: only root may mount; left out")
        for number, (name, fault) in enumerate(faults.items()):
            try:
                print(f"{name}: {fault(Path(folder, str(number)))}", flush=True)
            except AssertionError as error:
                failed += 1
                print(f"{name}: FAILED: {error}", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
