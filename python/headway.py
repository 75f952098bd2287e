"""Tells Headway of a job's progress from the loop that does the work.

    with headway.job("import", total=len(rows)) as job:
        for row in rows:
            load(row)
            job.update(1)

HEADWAY_URL and HEADWAY_API_KEY say where to. With a job's own HEADWAY_REPORT_URL and HEADWAY_JOB_ID in their
place all is told of that job, and whoever gave it ends it. What is said is summed, and sent by a thread, exactly
once; the service may be away, the work goes on. Needs the standard library alone, Python 3.9 or newer.
"""
import atexit
import collections
import encodings.idna  # which a connection loads: a fork meanwhile would hold the lock of that for ever
import json
import logging
import os
import random
import re
import socket
import sys
import threading
import time
import traceback
import urllib.error
import urllib.parse
import urllib.request
import uuid
import weakref

__all__ = ["Cancelled", "HeadwayError", "Job", "get", "job", "track", "tqdm", "trange", "wait", "watch"]

ENTRIES, ENTRY_BYTES, REPORT_BYTES = 1_000, 60_000, 180_000  # of one report, which may have 256 KiB
WAITING_BYTES = 8 << 20  # of entries; log lines may have half of it
PATIENCE = 10  # seconds that blocks wait at their ends in one outage, all together
LAST_WORDS = 2  # seconds that the process waits at its end
TIMEOUT = 10  # seconds of a request
GIVEN_UP = 1_800  # seconds without an answer after which a block that is over says no more
QUIET = 600  # seconds without a word of the work after which there are no signs of life
COUNTERS = {"total_items", *(f"{of}_{how}" for of in ("processed", "failed", "warned") for how in ("items", "delta"))}
ENDS = ("mark_completed", "mark_failed")
ENDED = ("completed", "completed_with_warnings", "partial_success", "failed", "cancelled")
_all, _jobs = weakref.WeakSet(), set()  # that with a thread, with something to send, or to be ended here is kept
_unpickled, _spare = weakref.WeakValueDictionary(), []  # jobs by what they report on; names that no thread reports under
_process, _waited = None, 0.0


class HeadwayError(Exception):
    """A refusal: its `status`, 0 where no answer came; `code`, `detail`, `errors`, `request_id`, `retry_after`."""

    def __init__(self, status, answer):
        self.status, self.code, self.detail = status, _as(str, answer.get("code")), answer.get("detail")
        self.errors, self.request_id = answer.get("errors") or [], answer.get("request_id")
        self.retry_after = answer.get("retry_after")  # seconds, where the service says
        super().__init__(status, answer)  # as a pickle makes it again

    def __str__(self):
        return f"{self.status} {self.code or 'no answer of Headway'}: {self.detail} {self.errors or ''}".rstrip()

    @property
    def passes(self):
        """Whether the same may do later. What Headway did not write is no answer of it."""
        return not self.code or self.status >= 500 or self.status in (408, 429)


class Cancelled(BaseException):
    """The job was cancelled: `reason`, `requested_by`, `requested_at`. `except Exception` lets it pass."""

    def __init__(self, cancel):
        self.reason, self.requested_by = cancel.get("reason"), cancel.get("requested_by")
        self.requested_at = cancel.get("requested_at")
        super().__init__(cancel)

    def __str__(self):
        return f"cancelled by {self.requested_by}: {self.reason or 'no reason given'}"


class Job:
    """A job that this process reports on. `update` and `track` raise `Cancelled`, and nothing raises beside them."""

    def __init__(self, url, key, job_id=None, create=None, ends=True, every=None, on_trouble=None):
        self.id, self.cancelled = job_id, None  # until the service has made it, until somebody cancels it
        self._url, self._key, self._create, self._every = url, key, create, every
        self._owner, self._on_trouble, self._pace = ends and os.getpid(), on_trouble, 2
        self._closed = self._stopped = False
        self._begin()
        _all.add(self)
        amiss = _amiss(url, key)
        if amiss:
            self._stop(f"{amiss}, so nothing is reported")

    def _begin(self):
        """Begins in this process: with nothing of what another sends."""
        self._changed, self._thread, self._reporter, self._told = threading.Condition(), None, None, set()
        self._waiting, self._entries, self._size, self._dropped = {}, collections.deque(), 0, 0
        self._sealed, self._urgent, self._lost = None, False, False
        self._tries = self._failing = self._retry_at = self._not_before = self._sent = self._said = 0

    def __reduce__(self):  # another process reports on it, and does not end it
        return _unpickle, (self._url, self._key, self.id, self._create, self._every)

    def update(self, n=1, *, failed=0, warned=0):
        """Counts `n` more items done. Raises `Cancelled` once the job is."""
        counts = {"processed_delta": n, "failed_delta": failed, "warned_delta": warned}
        self._say({name: count for name, count in counts.items() if count})
        if self.cancelled:
            raise Cancelled(self.cancelled)

    def track(self, rows):
        """Yields each row, and counts it when the loop comes back for the next. Raises `Cancelled` as `update`."""
        self.update(0)
        for row in rows:
            yield row
            self.update(1)

    def error(self, message, entity_key=None, error_type=None, *, entity_type="item", step=None, details=None):
        """Records a text or an exception. With `entity_key` that item has failed; else it is the job's own."""
        self._issue("errors", message, entity_key, error_type, entity_type, step, details)

    def warn(self, message, entity_key=None, error_type=None, *, entity_type="item", step=None, details=None):
        """Records a warning, as `error` does an error."""
        self._issue("warnings", message, entity_key, error_type, entity_type, step, details)

    def log(self, message, level="info"):
        """Appends a line to the job's log; `level` is info, warn or error."""
        now = time.time_ns() // 1_000_000
        self._say({}, "logs", {"level": level, "message": _text(message), "timestamp": now})

    def stage(self, name):
        """Says where the work is, at once."""
        self._say({"stage": _text(name)}, urgent=True)

    def report(self, **fields):
        """Says any fields of a report: `total_items`, `message`, `metadata_patch`, `result`, counters."""
        self._say(fields, urgent="total_items" in fields)

    def complete(self, result=None):
        """Ends the job well; with warnings or in part where such were told. `result` is any JSON."""
        if result is not None:
            self._say({"result": result})
        self._say({"mark_completed": True}, urgent=True, last=True)

    def fail(self, message):
        """Ends the job as failed."""
        self._say({"mark_failed": _text(message) or "no reason given"}, urgent=True, last=True)

    def flush(self, timeout=10):
        """Waits until all that was said is stored, for `timeout` seconds at most. Answers whether it is."""
        deadline = time.monotonic() + timeout
        with self._changed:
            self._urgent, self._tries, self._retry_at = True, 0, self._not_before
            threaded = not self._pending() or self._run()
            self._changed.notify_all()
            while threaded and self._pending() and time.monotonic() < deadline:
                self._changed.wait(deadline - time.monotonic())
        while not threaded and self._pending() and max(self._due(), time.monotonic()) < deadline:
            time.sleep(max(0, self._due() - time.monotonic()))
            self._step(max(0.1, min(TIMEOUT, deadline - time.monotonic())))
        return not self._pending() and not self._lost

    def __enter__(self):
        return self

    def __exit__(self, kind, error, trace):
        global _waited
        if self._owner == os.getpid():
            if kind is None or kind is SystemExit and not error.code:
                self.complete()
            elif kind is GeneratorExit:
                self.fail("The loop was left before its end")
            elif issubclass(kind, Cancelled):
                self.fail(f"Stopped: {error}")
            else:
                stack = "".join(traceback.format_exception(kind, error, trace))
                self.fail(f"{kind.__name__}: {_text(error)}\n\n{stack[-2_500:]}")
        began, self._said = time.monotonic(), float("-inf")  # no signs of life until the next word
        self.flush(max(0, PATIENCE - _waited))
        _waited = _waited + time.monotonic() - began if self._pending() else 0.0

    def _issue(self, kind, message, entity_key, error_type, entity_type, step, details):
        name = type(message).__name__ if isinstance(message, BaseException) else kind[:-1]
        entity_type, entity_key = ("job", "job") if entity_key is None else (_text(entity_type), _text(entity_key))
        entry = {"entity_type": entity_type, "entity_key": entity_key, "error_type": _text(error_type or name)}
        self._say({}, kind, {**entry, "message": _text(message) or name, "step": step, "details": details})

    def _say(self, fields, kind=None, entry=None, urgent=False, last=False):
        """Adds to the report that waits: counts sum, of other fields the newest stands, entries queue."""
        try:
            with self._changed:
                self._said = time.monotonic()
                if self._stopped or self._closed:
                    return
                idle = not self._pending()
                for name, value in fields.items():
                    try:
                        self._gather(name, value)
                    except Exception as cause:  # the others are said
                        self._trouble(f"something was not said: {cause!r}")
                if entry:
                    self._queue(kind, entry)
                full = len(self._entries) >= ENTRIES or self._size >= REPORT_BYTES
                news = (urgent or full) and not self._urgent or idle and self._pending()
                self._closed, self._urgent = last, self._urgent or urgent or full
                if self._run() and news:  # a thread that is woken at every word would slow the work
                    self._changed.notify_all()
        except Exception as cause:  # what can't be said is no reason for the work to stop
            self._trouble(f"something was not said: {cause!r}")

    def _gather(self, name, value):
        counter, _, how = name.rpartition("_")
        if value is None or value is False and name.startswith("mark_"):  # says nothing
            return
        if how == "delta":
            name = f"{counter}_items" if f"{counter}_items" in self._waiting else name
            self._waiting[name] = self._waiting.get(name, 0) + _count(value)
            return
        value = _count(value) if name in COUNTERS else json.loads(_json(value))  # as it is now
        if how == "items":
            self._waiting.pop(f"{counter}_delta", None)
        self._waiting[name] = _patch(self._waiting.get(name, {}), value) if how == "patch" else value

    def _queue(self, kind, entry):
        text = _json(entry)
        if len(text) > ENTRY_BYTES:
            text = _json({**entry, "details": {"truncated": True}})
        if self._size + len(text) > WAITING_BYTES // (2 if kind == "logs" else 1):
            self._dropped += 1
        else:
            self._entries.append((kind, text))
            self._size += len(text)

    def _pending(self):
        return not self._stopped and bool(self._waiting or self._entries or self._sealed)

    def _due(self):
        """When to send next: a report as often as is wanted, a sign of life no oftener than the service asks."""
        if self._tries or self._urgent or self.id is None:
            return self._retry_at
        pace = self._pace if self._every is None else self._every
        return self._sent + (pace if self._pending() else max(pace, self._pace))

    def _run(self):
        """Whether there is a thread that sends: at the end of the interpreter none can be started."""
        global _process
        if self._thread is None:
            _jobs.add(self)
            self._reporter = self._reporter or _name()
            thread = threading.Thread(target=self._work, name="headway", daemon=True)
            try:
                thread.start()
            except RuntimeError:
                return False
            self._thread = thread
            process = sys.modules.get("multiprocessing.process")
            if process and process.parent_process() and _process != os.getpid():  # such may end without atexit
                _process = os.getpid()
                sys.modules["multiprocessing.util"].Finalize(None, _last_words, exitpriority=100)
        return True

    def _work(self):
        """Sends until signs of life end with the work's own words: what is stuck must not look alive."""
        while True:
            with self._changed:
                if not self._pending() and (self._stopped or time.monotonic() - self._said >= QUIET):
                    _spare.append(self._reporter)
                    self._thread = self._reporter = None
                    if self._owner != os.getpid():
                        _jobs.discard(self)
                    return
                pause = self._due() - time.monotonic()
                if pause > 0:
                    self._changed.wait(pause)
                    continue
            self._step(TIMEOUT)

    def _step(self, timeout):
        """Sends what is due, once: the creation, a report, or a sign of life."""
        with self._changed:
            path, sent = f"/api/jobs/{urllib.parse.quote(str(self.id or ''))}", self._create
            if self.id is not None:
                if not self._sealed:
                    self._sealed = self._seal()
                    self._urgent = bool(self._waiting or self._entries)
                path += "/progress" if self._sealed else "/heartbeat"
                sent = self._sealed or (b"", {})
        headers = {**sent[1], "Prefer": "return=minimal"}
        answered = _ask("POST", self._url + path, self._key, timeout, sent[0], headers)
        with self._changed:
            self._take(*answered)
            self._changed.notify_all()

    def _seal(self):
        """The next report of what waits: its bytes at every try, headers, what of it counts, whether it ends."""
        fields, self._waiting, lists, taken = self._waiting, {}, {}, 0
        if self._dropped:
            text = f"{self._dropped} entries were dropped here: too many waited for the service"
            self._entries.append(("logs", _json({"level": "warn", "message": text})))
            self._dropped = 0
        ends = {name: fields.pop(name) for name in (*ENDS, "result") if name in fields}
        patch = fields.get("metadata_patch")
        removed = isinstance(patch, dict) and _removed(patch)
        if removed:  # comes in a report before
            ends["metadata_patch"], fields["metadata_patch"] = json.loads(_json(patch)), removed
        room = REPORT_BYTES - len(_json(fields))
        while self._entries and taken < ENTRIES and room > 0:
            kind, text = self._entries.popleft()
            lists.setdefault(kind, []).append(text)
            taken, room, self._size = taken + 1, room - len(text), max(0, self._size - len(text))
        if removed or self._entries or (fields or lists) and len(_json(ends)) > room:  # an end comes after all else
            self._waiting = ends
        else:
            fields.update(ends)
        if not fields and not lists:  # there was nothing
            return None
        self._reporter[1] += 1
        sure = {*COUNTERS, "mark_failed", *(name for name in ("mark_started", *ENDS) if fields.get(name) is True)}
        least = {name: value for name, value in fields.items() if name in sure}
        parts = [_json({**fields, "reporter": self._reporter[0], "sequence": self._reporter[1]})[1:-1]]
        parts += [b'"%s":[%s]' % (kind.encode(), b",".join(texts)) for kind, texts in lists.items()]
        body = b"{" + b",".join(parts) + b"}"
        return body, {}, least, fields.keys() & ENDS

    def _take(self, status, answer, retry_after):
        refusal, sealed, control = HeadwayError(status, answer), self._sealed, _as(dict, answer.get("control")) or {}
        self.cancelled = control.get("cancel") or self.cancelled
        self._pace = control.get("next_report_in_seconds", self._pace)
        if 200 <= status < 300 and control and (self.id or answer.get("job_id")):
            self.id, self._sealed, self._sent = self.id or answer["job_id"], None, time.monotonic()
            self._tries = self._failing = self._retry_at = self._not_before = 0
            self._told.clear()
            if sealed and answer.get("reason") in ("stale", "ignored"):
                self._trouble(f"a report came to nothing: {answer['reason']}")
            if sealed and sealed[3]:
                self._stop()
        elif refusal.passes or refusal.code == "organization_suspended":  # such may be resumed
            now = time.monotonic()
            self._failing = self._failing or now
            self._retry_at, self._not_before = now + _pause(self._tries, retry_after), now + (retry_after or 0)
            self._tries += 1
            self._trouble(f"the service can't be told, which is tried again: {refusal}")
            if now - self._failing > GIVEN_UP and (self._closed or self._said < 0):  # else each block would leave a thread
                self._stop(f"what was said last is given up: {refusal}")
        elif status in (400, 413, 422) and sealed:  # nothing of it was taken: what counts is said again, alone
            _, again, least, _ = sealed
            key = {"Idempotency-Key": "{}:{}".format(*self._reporter)}
            self._sealed = (_json(least), key, {}, least.keys() & ENDS) if least else None
            self._urgent = self._lost = True
            self._trouble(f"{'its counts alone were' if again else 'a report was'} refused: {refusal}")
        else:
            self._stop(f"nothing more is reported: {refusal}")

    def _stop(self, why=None):
        self._stopped, self._waiting, self._sealed = True, {}, None
        self._entries.clear()
        _jobs.discard(self)
        if why is not None:
            self._lost = True
            self._trouble(why)

    def _trouble(self, text):
        """Tells what is wrong, each kind once until the service answers: to `on_trouble`, else the log `headway`."""
        kind = text.partition(":")[0]
        if kind not in self._told:
            self._told.add(kind)
            try:
                (self._on_trouble or logging.getLogger("headway").warning)(f"Headway: {text}")
            except Exception:  # who is told of trouble makes none for the work
                pass


def job(job_type=None, total=None, *, job_id=None, url=None, key=None, every=None, on_trouble=None, **fields):
    """A new job with any `fields` of a creation, or with `job_id` one that is there.

    `every` is the seconds between reports, by default what the service says. `on_trouble` is called with a text
    where the service can't be reached, or refuses what it is told.
    """
    url, key, given = _settings(url, key, job_id)
    there, total = job_id or given, _count(total or 0)
    body = _json({"job_type": job_type, "total_items": total, **fields})
    create = None if there else (body, {"Idempotency-Key": str(uuid.uuid4())})
    work = Job(url, key, there, create, bool(job_id) or not there, every, on_trouble)
    work._say({"mark_started": True, **({"total_items": total} if there and total else {})}, urgent=True)
    return work


def track(rows, job_type="loop", total=None, **options):
    """Yields each of `rows`, and is a job of its own meanwhile; `options` as `job` takes them."""
    total = len(rows) if total is None and hasattr(rows, "__len__") else total
    with job(job_type, total, **options) as work:
        yield from work.track(rows)


def get(job_id, *, url=None, key=None, query="", timeout=TIMEOUT):
    """The job as it is. Raises `HeadwayError`."""
    url, key, _ = _settings(url, key, job_id)
    amiss = _amiss(url, key)
    if amiss:
        raise HeadwayError(0, {"code": "unauthenticated", "detail": amiss})
    status, answer, after = _ask("GET", f"{url}/api/jobs/{urllib.parse.quote(job_id)}{query}", key, timeout)
    if status != 200 or "revision" not in answer:
        raise HeadwayError(status, {**answer, "retry_after": after})
    return answer


def watch(job_id, *, timeout=float("inf"), **where):
    """Yields the job as it is, and again whenever it has changed, until it has ended.

    Waits where the service is away. Raises `TimeoutError` after `timeout` seconds, `HeadwayError` where refused.
    """
    deadline, revision, tries = time.monotonic() + timeout, 0, 0
    while time.monotonic() < deadline:
        left = min(30, deadline - time.monotonic())
        try:
            state = get(job_id, query=f"?wait={max(1, int(left))}&after={revision}", timeout=40, **where)
        except HeadwayError as refusal:
            if not refusal.passes:
                raise
            time.sleep(max(0, min(deadline - time.monotonic(), _pause(tries, refusal.retry_after))))
            tries += 1
            continue
        if state["revision"] > revision:
            yield state
        if state["status"] in ENDED:
            return
        revision, tries = state["revision"], 0
    raise TimeoutError(f"the job {job_id} has not ended")


def wait(job_id, **options):
    """The job once it has ended; `options` as `watch` takes them."""
    return collections.deque(watch(job_id, **options), maxlen=1)[0]


class _Bar:
    """Stands in where the package tqdm is not there: it counts, and draws nothing."""

    def __init__(self, iterable=None, desc=None, total=None, *_, initial=0, disable=False, **_more):
        self.iterable, self.desc, self.n, self.disable = iterable, desc or "", initial, disable
        total = None if total == float("inf") else total
        self.total = len(iterable) if total is None and hasattr(iterable, "__len__") else total

    def __len__(self):
        return self.total

    def update(self, n=1):
        self.n += 0 if self.disable else n

    def reset(self, total=None):
        self.n, self.total = 0, self.total if total is None else total

    def close(self, *_, **_more):
        pass

    @classmethod
    def write(cls, s, file=None, end="\n", nolock=False):
        print(s, file=file, end=end)

    set_description = set_description_str = set_postfix = set_postfix_str = close
    refresh = clear = display = unpause = close


class _JobBar:
    """Makes a job of a bar; of bars within one another the outermost is one."""

    _outermost = type(None)

    def __init__(self, iterable=None, desc=None, total=None, *args, **options):
        self._job, self._depth, self._counted = None, 0, options.get("initial", 0)
        super().__init__(iterable, desc, total, *args, **options)
        if _JobBar._outermost() is None and not options.get("disable"):
            _JobBar._outermost = weakref.ref(self)
            self._job = job("loop", self.total, name=desc or None)
            self._job.update(int(self._counted))

    def __iter__(self):
        with self:
            for item in self.iterable:
                yield item
                self.update(1)

    def __enter__(self):
        self._depth += 1
        return self

    def __exit__(self, *error):
        self._depth -= 1
        if not self._depth:
            self.close(*error)

    def __del__(self):
        total = getattr(self, "total", None) or 0
        left = RuntimeError(f"The bar was left at {self._counted} of {total}")
        self.close(*((RuntimeError, left, None) if self._counted < total else ()))

    def update(self, n=1):
        """Counts. Raises `Cancelled` once the job is."""
        drawn = super().update(n)
        before, self._counted = self._counted, self._counted + n
        if self._job:
            if n < 0:
                self._job.report(processed_items=int(self._counted))
            self._job.update(max(0, int(self._counted)) - max(0, int(before)))
        return drawn

    def set_postfix(self, ordered_dict=None, refresh=True, **values):
        super().set_postfix(ordered_dict, refresh, **values)
        if self._job:
            self._job.report(metadata_patch={"postfix": {**(ordered_dict or {}), **values}})

    def reset(self, total=None):
        super().reset(total)
        self._counted = 0
        if self._job:
            self._job.report(processed_items=0, total_items=self.total or 0)

    def close(self, *error):
        work, self._job = self._job, None
        if work:
            _JobBar._outermost = type(None)
            work.__exit__(*(error or (None, None, None)))
        super().close()

    @classmethod
    def write(cls, s, *args, **options):
        """Prints, and appends to the job's log."""
        super().write(s, *args, **options)
        bar = _JobBar._outermost()
        if bar is not None and bar._job:
            bar._job.log(s)


def __getattr__(name):
    """`tqdm` and `trange`: those of the package tqdm where it is there, and jobs besides."""
    if name not in ("tqdm", "trange"):
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    try:
        from tqdm import tqdm as bar
    except ImportError:
        bar = _Bar
    tqdm = type("tqdm", (_JobBar, bar), {"__module__": __name__})
    globals().update(tqdm=tqdm, trange=lambda *args, **options: tqdm(range(*args), **options))
    return globals()[name]


class _Stay(urllib.request.HTTPRedirectHandler):
    """A report that is redirected would become a GET, and carry its credential elsewhere."""

    def redirect_request(self, *_):
        return None


_opener = urllib.request.build_opener(_Stay)


def _ask(method, url, key, timeout, body=None, headers=()):
    """The status of an answer, its JSON object and Retry-After; 0 for a status where no whole answer came."""
    told = {"Authorization": f"Bearer {key}", "Content-Type": "application/json", **dict(headers)}
    try:
        try:
            answer = _opener.open(urllib.request.Request(url, body, told, method=method), timeout=timeout)
        except urllib.error.HTTPError as refusal:
            answer = refusal
        with answer:
            status, after, text = answer.status, answer.headers.get("Retry-After", ""), answer.read()
    except Exception as cause:
        text = "" if isinstance(cause, ValueError) else f": {cause}"  # that of a header shows the key
        return 0, {"detail": type(cause).__name__ + text}, None
    try:
        read = json.loads(text)
    except ValueError:
        read = {}
    return status, read if isinstance(read, dict) else {}, int(after) if after.isdigit() else None


def _settings(url, key, job_id):
    """Where the service is, what opens it, and the job that the environment gives, if that may be the one meant."""
    names = ("HEADWAY_REPORT_URL", "HEADWAY_JOB_ID", "HEADWAY_URL", "HEADWAY_API_KEY")
    report_url, given, usual, known = (os.environ.get(name, "").strip() for name in names)
    base, _, token = report_url.rpartition("/r/")
    if token and given and not url and not key and (job_id in (None, given) or not known):
        return base, token, given
    return (url or usual or base).strip().rstrip("/"), (key or known or token).strip(), None


def _amiss(url, key):
    """What hinders every request, in words that show neither."""
    if not url or not key:
        return "HEADWAY_URL and HEADWAY_API_KEY are not set"
    if not re.fullmatch(r"(?i)https?://[^\s/@]+(/\S*)?", url):
        return "the address is none of http:// or https:// with a host"
    return None if re.fullmatch("[!-~]+", key) else "the key holds a character that no key has"


def _as(kind, value):
    """The value, where it is what Headway writes there."""
    return value if isinstance(value, kind) else None


def _json(value):
    """In UTF-8, as the service measures it; what has no place there (half a pair) is escaped."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=str, skipkeys=True)
    return text.encode(errors="backslashreplace")


def _text(value):
    """A value as text; of more than 4,000 characters head and tail, as the service keeps them."""
    try:
        text = str(value)
    except Exception:
        text = f"a {type(value).__name__} that is no text"
    return text if len(text) <= 4_000 else f"{text[:1_000]}…{text[-2_999:]}"


def _count(value):
    """A counter as the service takes it."""
    return min(2**53 - 1, max(0, int(value)))


class _Anew(dict):
    """An object in a patch that takes the place of what is there, which no merge patch can say."""


def _patch(old, new):
    """Two merge patches (RFC 7396) as one."""
    if not isinstance(new, dict):
        return new
    if not isinstance(old, dict):
        return _Anew(new)
    return type(old)(old, **{name: _patch(old[name], value) if name in old else value for name, value in new.items()})


def _removed(patch):
    """The patch to send before one: it removes what an `_Anew` takes the place of."""
    objects = {name: value for name, value in patch.items() if isinstance(value, dict)}
    removed = {name: None if isinstance(value, _Anew) else _removed(value) for name, value in objects.items()}
    return {name: value for name, value in removed.items() if value != {}}


def _pause(tries, retry_after=None):
    return retry_after or random.uniform(0, min(60, 2 ** min(tries, 6)))


def _unpickle(url, key, job_id, create, every):
    """The one job of this process for all pickles of one, however many there are."""
    same = (url, key, create[1]["Idempotency-Key"] if create else job_id)
    work = _unpickled.get(same)
    if work is None:
        work = _unpickled[same] = Job(url, key, job_id, create, False, every)
    return work


def _name():
    """A name to report under that nobody else does, and its last number. A job knows a thousand names a day."""
    try:
        return _spare.pop()
    except IndexError:
        host = socket.gethostname().encode("ascii", "replace").decode()[:100]
        return [f"{host}:{os.getpid()}:{os.urandom(8).hex()}", time.time_ns() // 1_000_000]


def _forked():
    _spare.clear()
    _jobs.clear()
    for work in _all:
        work._begin()


def _last_words():
    """Ends what is open, and sends what waits."""
    global _waited, LAST_WORDS
    began, _waited, bar = time.monotonic(), PATIENCE - LAST_WORDS, _JobBar._outermost()
    if bar is not None:
        bar.__del__()
    for work in list(_jobs):
        if work._owner == os.getpid():
            work.fail("The process ended before its job did")
    for work in list(_jobs):
        work.flush(max(0, began + LAST_WORDS - time.monotonic()))
    LAST_WORDS = max(0, began + LAST_WORDS - time.monotonic())  # some come here twice


atexit.register(_last_words)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forked)
