"""Sends what waits in the outbox, one batch at a time, in order, from a thread of its own.

aiohttp is imported when sending first begins. While a batch has to wait (``Retry-After``, back-off) those behind
it wait too, so the order holds; a refused one steps aside and the next go on. Redirects are not followed: a key
goes where a person agreed to and nowhere else. Nothing is logged of a request.
"""

import asyncio
import base64
import gzip
import json
import random
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Final, Literal, TypeAlias
from urllib.parse import quote

import msgspec

from inspector.journal.errors import JournalError
from inspector.server.endpoint import DEFAULT_URL, Endpoint, EndpointError
from inspector.server.keys import Keys
from inspector.server.outbox import DamagedBatch, Item, Outbox, State
from inspector.server.verdict import MAX_RETRY_AFTER_S, Verdict, judge, unanswered
from inspector.wire.bodies import BodyError, plain_body

if TYPE_CHECKING:
    import aiohttp

Condition: TypeAlias = Literal["off", "idle", "sending", "waiting", "paused", "stopped"]
TIMEOUT_S: Final = 30.0
GRACE_S: Final = 1.0
_MAX_ANSWER_BYTES: Final = 64 * 1024
_MAX_ANSWER_WORDS: Final = 300


class Status(msgspec.Struct, frozen=True):
    """How the sender is: ``waiting`` until ``next_ms`` (Unix ms), ``stopped`` for the reason in ``words``."""

    condition: Condition
    words: str = ""
    next_ms: int = 0


class Sender:
    """The one who sends. ``on_item`` and ``on_status`` are called in the sender's thread with what changed.

    ``own_url`` is where the inspector's own collector is now, which the default endpoint stands for.
    ``seed`` fixes the jitter of the back-off; ``wall_s`` is the wall clock in Unix seconds.
    """

    def __init__(
        self,
        outbox: Outbox,
        keys: Keys,
        *,
        on_item: Callable[[Item], None] = lambda _item: None,
        on_status: Callable[[Status], None] = lambda _status: None,
        seed: int | None = None,
        timeout_s: float = TIMEOUT_S,
        wall_s: Callable[[], float] = time.time,
    ) -> None:
        self.outbox = outbox
        self.status = Status("off")
        self.own_url = DEFAULT_URL
        self._keys = keys
        self._on_item = on_item
        self._on_status = on_status
        self._rng = random.Random(seed)
        self._timeout_s = timeout_s
        self._wall_s = wall_s
        self._endpoint: Endpoint | None = None
        self._agreed: set[str] = set()
        self._paused = False
        self._stopped = ""
        self._unnoted: Callable[[], Item | None] | None = None
        self._closing = False
        self._thread: threading.Thread | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._wake: asyncio.Event | None = None
        self._task: asyncio.Task[None] | None = None
        self._started = threading.Event()

    # --- from any thread -----------------------------------------------------------------------------

    def agree(self, endpoint: Endpoint) -> None:
        """Note that a person agreed to send to a real endpoint, in this run of the program."""
        self._agreed.add(endpoint.url)

    def start(self, endpoint: Endpoint) -> None:
        """Send what waits for an endpoint, from now on; raise EndpointError for one nobody agreed to."""
        if not endpoint.local and endpoint.url not in self._agreed:
            raise EndpointError(f"nothing is sent to {endpoint.url} before you have agreed to it")
        self._endpoint = endpoint
        self._paused, self._stopped = False, ""
        if self._thread is None or not self._thread.is_alive():
            self._closing = False
            self._started.clear()
            self._thread = threading.Thread(target=self._run, name="outbox sender", daemon=True)
            self._thread.start()
            self._started.wait()
        self.nudge()

    def pause(self) -> None:
        """Send nothing more after the batch that is on its way."""
        self._paused = True
        self.nudge()

    def nudge(self) -> None:
        """Look again: something was put in, retried, dropped or changed."""
        loop, wake = self._loop, self._wake
        if loop is not None and wake is not None and not loop.is_closed():
            try:
                loop.call_soon_threadsafe(wake.set)
            except RuntimeError:
                return  # it closed in between

    def close(self) -> None:
        """End the thread. A batch on its way is given a moment, then waits again at the next start."""
        self._closing = True
        self.nudge()
        thread, self._thread = self._thread, None
        if thread is None:
            return
        thread.join(GRACE_S)
        loop, task = self._loop, self._task
        if thread.is_alive() and loop is not None and task is not None:
            with suppress(RuntimeError):  # it ended in between
                loop.call_soon_threadsafe(task.cancel)
        thread.join()
        with suppress(JournalError):
            self._note()

    # --- the thread ----------------------------------------------------------------------------------

    def _run(self) -> None:
        try:
            with suppress(asyncio.CancelledError):
                asyncio.run(self._main())
        finally:
            self._loop = self._wake = self._task = None
            self._started.set()
            self._say(Status("off"))

    async def _main(self) -> None:
        self._loop, self._wake = asyncio.get_running_loop(), asyncio.Event()
        self._task = asyncio.current_task()
        self._started.set()
        import aiohttp

        connector = aiohttp.TCPConnector(limit=1)
        timeout = aiohttp.ClientTimeout(total=self._timeout_s)
        # No cookies are kept and no netrc or proxy of the environment is asked: what is sent is what is shown.
        async with aiohttp.ClientSession(
            connector=connector,
            timeout=timeout,
            cookie_jar=aiohttp.DummyCookieJar(),
            trust_env=False,
            auto_decompress=False,  # what an answer's body is made of must not hide its status
        ) as session:
            while not self._closing:
                self._wake.clear()
                wait_s: float | None
                try:
                    wait_s = await self._step(session)
                except JournalError as error:
                    self._stopped = str(error)
                    wait_s = None
                    self._say(Status("stopped", self._stopped))
                if wait_s == 0.0 or self._closing:
                    continue
                await _woken(self._wake, wait_s)

    async def _step(self, session: "aiohttp.ClientSession") -> float | None:
        """Send the next batch if it is time; return the seconds to wait (None: until woken)."""
        endpoint = self._endpoint
        if endpoint is None:
            return None
        self._note()
        if self._paused or self._stopped:
            self._say(Status("paused") if self._paused else Status("stopped", self._stopped))
            return None
        item = self.outbox.head(endpoint.url)
        if item is None:
            self._say(Status("idle"))
            return None
        now_ms = round(self._wall_s() * 1000)
        # Further ahead than any wait: the clock was set back since.
        if now_ms < item.next_ms <= now_ms + MAX_RETRY_AFTER_S * 1000:
            self._say(Status("waiting", item.answer, item.next_ms))
            return (item.next_ms - now_ms) / 1000
        try:
            body = self.outbox.body(item.n)
        except DamagedBatch as damage:
            if self.outbox.begin(item.n) is not None:
                self._settle(item, Verdict("refused", str(damage)), None, "", time.monotonic())
            return 0.0
        begun = self.outbox.begin(item.n)
        if begun is None:
            return 0.0
        self._say(Status("sending"))
        self._on_item(begun)
        await self._send(session, endpoint, begun, body)
        return 0.0

    async def _send(self, session: "aiohttp.ClientSession", endpoint: Endpoint, item: Item, body: bytes) -> None:
        import aiohttp

        headers = {
            "Content-Type": "application/json",
            "User-Agent": "session-inspector",
            "Accept-Encoding": "identity",
        }
        key = None if endpoint.local else await asyncio.to_thread(self._keys.get, endpoint.url)
        if key is not None:
            headers["Authorization"] = "Basic " + base64.b64encode(key.encode()).decode("ascii")
        if item.dialect == "native":  # as the native SDKs send
            body = gzip.compress(body, mtime=0)
            headers["Content-Encoding"] = "gzip"
        status: int | None = None
        said = ""
        began = time.monotonic()
        place = self.own_url if endpoint.url == DEFAULT_URL else endpoint.url
        try:
            async with session.post(
                place + endpoint.path(item.dialect), data=body, headers=headers, allow_redirects=False
            ) as answer:
                status = answer.status
                verdict = judge(
                    status, answer.headers.get("Retry-After", ""), item.attempts, self._wall_s(), self._rng
                )
                # The status stands, whatever becomes of the words behind it.
                with suppress(TimeoutError, aiohttp.ClientError, OSError, BodyError):
                    said = _words(await _content(answer), key)
        except TimeoutError:
            verdict = unanswered(f"no answer within {self._timeout_s:g} s", item.attempts, self._rng)
        except aiohttp.ClientConnectorCertificateError:
            verdict = Verdict("stop", "its certificate is not trusted")
        except (aiohttp.ClientError, OSError) as error:
            verdict = unanswered(_no_network(error), item.attempts, self._rng)
        self._settle(item, verdict, status, said, began)

    def _settle(self, item: Item, verdict: Verdict, status: int | None, said: str, began: float) -> None:
        words = f"{verdict.words}. {said}" if said and verdict.meaning != "sent" else verdict.words
        now_ms = round(self._wall_s() * 1000)
        states: dict[str, State] = {"sent": "sent", "refused": "refused", "later": "waiting", "stop": "waiting"}
        self._unnoted = partial(
            self.outbox.settle,
            item.n,
            states[verdict.meaning],
            status=status,
            answer=words,
            next_ms=now_ms + round(verdict.wait_s * 1000) if verdict.meaning == "later" else 0,
            done_ms=now_ms,
            took_ms=round((time.monotonic() - began) * 1000),
        )
        if verdict.meaning == "stop":
            self._stopped = words
        self._note()

    def _note(self) -> None:
        """Note what came of the last batch, also later where the disk was full. Raises JournalError."""
        if self._unnoted is not None:
            settled = self._unnoted()
            self._unnoted = None
            if settled is not None:
                self._on_item(settled)

    def _say(self, status: Status) -> None:
        if status != self.status:
            self.status = status
            self._on_status(status)


async def _woken(wake: asyncio.Event, wait_s: float | None) -> None:
    try:
        await asyncio.wait_for(wake.wait(), wait_s)
    except TimeoutError:
        return


async def _content(answer: "aiohttp.ClientResponse") -> bytes:
    """Return the beginning of an answer's body. Raises BodyError, TimeoutError, aiohttp.ClientError, OSError."""
    sent = await answer.content.read(_MAX_ANSWER_BYTES)
    return plain_body(sent, answer.headers.get("Content-Encoding", ""))


def _words(answer: bytes, key: str | None) -> str:
    """Return an answer's body as one line for a person, without the key, should it repeat it."""
    text = " ".join(answer.decode("utf-8", "replace").split())
    text = _without("".join(character for character in text if character.isprintable()), key)
    return text if len(text) <= _MAX_ANSWER_WORDS else text[: _MAX_ANSWER_WORDS - 1] + "…"


def _without(said: str, key: str | None) -> str:
    """Return what a server said without the key: whole, in parts, or cut off where the answer was cut."""
    if key is None:
        return said
    name, _, secret = key.partition(":")
    for part in (base64.b64encode(key.encode()).decode("ascii"), secret, name):
        for written in {part, quote(part, safe=""), json.dumps(part)[1:-1]}:
            said = said.replace(written, "…")
            begun = next((n for n in range(len(written) - 1, 3, -1) if said.endswith(written[:n])), 0)
            said = said[: len(said) - begun] + "…" * bool(begun)
    return said


def _no_network(error: Exception) -> str:
    """Return why there was no answer, without what an exception might repeat of the request."""
    import aiohttp

    if isinstance(error, aiohttp.ClientConnectorDNSError):
        return "the server's name is not known here (no network?)"
    if isinstance(error, aiohttp.ClientConnectorError):
        reason = error.os_error.strerror or type(error.os_error).__name__
        return f"no connection: {reason}"
    if isinstance(error, aiohttp.ServerDisconnectedError):
        return "the server hung up without an answer"
    if isinstance(error, aiohttp.ClientResponseError):
        return "what answers there speaks no HTTP that can be read; check the address"
    return f"no answer: {type(error).__name__}"
