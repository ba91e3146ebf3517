"""One Spark for all tests that ask one: two workers in a JVM of its own, nothing but loopback."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from inspector.tuning.errors import TuneError
from inspector.tuning.spark import Spark, java

# The tests' own load is a short one: no threads of a collector beside the two workers.
QUICK_JVM = "-XX:+UseSerialGC"


def why_no_spark() -> str:
    """Return what is missing on this machine, nothing if Spark can run."""
    try:
        import ibis  # noqa: F401
        import pyspark  # noqa: F401
    except ImportError as error:
        return f"{error}: pip install -e '.[spark]'"
    try:
        java()
    except TuneError as error:
        return str(error)
    return ""


@pytest.fixture(scope="session")
def spark() -> Iterator[Spark]:
    missing = why_no_spark()
    if missing:
        pytest.skip(missing)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("JAVA_TOOL_OPTIONS", QUICK_JVM)
        patch.setenv("SPARK_LOCAL_IP", "127.0.0.1")
        patch.delenv("SPARK_HOME", raising=False)
        patch.delenv("SPARK_CONF_DIR", raising=False)
        running = Spark(f"local[{max(2, os.cpu_count() or 2)}]")
    yield running
    running.close()
