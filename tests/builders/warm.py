"""Commands that start warm: a process with the libraries imported forks one child for each.

What is imported before the fork knows neither settings nor environment; the child gets those of its
command, runs ``stragan`` from its first line and ends as a process does. Half a second less, each time;
where many commands have one environment most of the rest, too.
"""

import atexit
import json
import os
import pkgutil
import runpy
import select
import socket
import subprocess
import sys
import tempfile
import traceback
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import lru_cache
from importlib import import_module
from pathlib import Path

MANY = 3  # commands of one environment, after which it is worth while to keep it
# Dear to import, and the same for everybody; nothing here may look at settings.
LIBRARIES = (
    "allauth.account",
    "allauth.mfa",
    "asyncio",
    "cryptography.fernet",
    "django.contrib.auth.hashers",
    "django.contrib.messages",
    "django.core.cache",
    "django.core.mail",
    "django.core.management",
    "django.core.serializers.json",
    "django.db.backends.sqlite3.base",
    "django.db.migrations.executor",
    "django.db.models",
    "django.forms",
    "django.http",
    "django.template.backends.django",
    "django.template.loader",
    "django.urls",
    "django.utils.translation.trans_real",
    "httpx2",
    "logging.config",
    "psycopg",
    "stragan.cli.main",
    "stragan.core.folding",
    "stragan.core.snapshot",
    "stragan.gateways.allegro",
    "zoneinfo",
)


def run(
    what: Sequence[str], *, environment: Mapping[str, str], stdin: str = "", seconds: float = 180
) -> "subprocess.CompletedProcess[str]":
    """Run ``stragan`` with words, or Python code as ``["-c", code]``, to its end.

    :raises TimeoutError: it did not end within *seconds*.
    """
    with (
        tempfile.TemporaryFile() as into,
        tempfile.TemporaryFile() as out,
        tempfile.TemporaryFile() as err,
        socket.socket(socket.AF_UNIX) as line,
    ):
        into.write(stdin.encode())
        into.seek(0)
        line.settimeout(seconds)
        line.connect(_server())
        request = json.dumps(
            {"what": list(what), "environment": dict(environment), "folder": str(Path.cwd())}
        )
        socket.send_fds(line, [b"."], [into.fileno(), out.fileno(), err.fileno()])
        line.sendall(request.encode())
        line.shutdown(socket.SHUT_WR)
        code = int(line.makefile().read() or "-1")
        texts = []
        for file in (out, err):
            file.seek(0)
            texts.append(file.read().decode())
    return subprocess.CompletedProcess(list(what), code, *texts)


@lru_cache(maxsize=1)
def _server() -> str:
    """Start the warm process of this test process, once; where it listens."""
    folder = tempfile.mkdtemp(prefix="stragan-warm-")
    path = f"{folder}/socket"
    words = [sys.executable, __file__, path]
    process = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdin is not None, "asked for"
    assert process.stdout is not None, "asked for"
    assert process.stdout.readline() == "ready\n"

    def end() -> None:
        process.communicate()  # closes its stdin, which ends it
        Path(path).unlink(missing_ok=True)
        Path(folder).rmdir()

    atexit.register(end)
    return path


def main() -> None:
    """Listen until whoever started us goes away."""
    for name in LIBRARIES:
        import_module(name)
    asked: Counter[str] = Counter()
    dressed: dict[str, socket.socket | None] = {}
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(sys.argv[1])
        listening.listen(64)
        print("ready", flush=True)  # noqa: T201 -- told to who started us
        while True:
            ready, _, _ = select.select([listening, sys.stdin], [], [])
            if sys.stdin in ready:
                return
            line, _ = listening.accept()
            with line:
                _, files, _, _ = socket.recv_fds(line, 1, 3)
                text = line.makefile().read()
                request = json.loads(text)
                key = json.dumps([request["environment"], request["folder"]], sort_keys=True)
                asked[key] += 1
                ends = [listening.fileno(), line.fileno(), *files]
                into = _dressed(request, key=key, known=dressed, ends=ends) if asked[key] > MANY else None
                if into is not None:
                    socket.send_fds(into, [text.encode()], [line.fileno(), *files])
                elif os.fork() == 0:
                    listening.close()
                    _put_on(request)
                    _answer(line, request, files)
                for number in files:
                    os.close(number)
            _bury()


def _dressed(
    request: dict[str, object],
    *,
    key: str,
    known: dict[str, "socket.socket | None"],
    ends: Sequence[int],
) -> "socket.socket | None":
    """Give the line to the process that knows this environment already; None where none can be made.

    The first commands of an environment start from nothing, as in life; later ones find settings, models
    and all modules. Two such processes are kept.
    """
    if key in known:
        return known[key]
    while len(known) > 1:
        old = known.pop(next(iter(known)))
        if old is not None:
            old.close()  # which ends it
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    if os.fork() == 0:
        ours.close()
        for number in ends:
            os.close(number)
        for other in known.values():
            if other is not None:
                other.close()
        _serve_dressed(request, theirs)
    theirs.close()
    known[key] = ours if ours.recv(1) else None
    return known[key]


def _serve_dressed(request: dict[str, object], line: socket.socket) -> None:
    """In a child: set Django up once, then a child for each command, until nobody asks any more."""
    try:
        _put_on(request)
        _set_up()
        line.send(b"+")
        while True:
            text, files, _, _ = socket.recv_fds(line, 1 << 20, 4)
            if not text:
                break
            if os.fork() == 0:
                line.close()
                _answer(socket.socket(fileno=files[0]), json.loads(text), files[1:])
            for number in files:
                os.close(number)
            _bury()
    finally:
        os._exit(0)


def _set_up() -> None:
    """Import what commands import in their course; nothing here opens a database."""
    import_module("stragan.cli.main").set_up_django()
    for package in ("stragan.cli", "stragan.flows"):
        for module in pkgutil.iter_modules(import_module(package).__path__):
            import_module(f"{package}.{module.name}")
    import_module("django.db.migrations.loader").MigrationLoader(None, ignore_no_migrations=True)


def _bury() -> None:
    while True:
        try:
            if os.waitpid(-1, os.WNOHANG) == (0, 0):
                return
        except ChildProcessError:
            return


def _answer(line: socket.socket, request: dict[str, object], files: list[int]) -> None:
    """In a child: run the command in a child of its own and tell its exit code."""
    child = os.fork()
    if child == 0:
        line.close()
        _become(request, files)
    _, status = os.waitpid(child, 0)
    line.sendall(str(os.waitstatus_to_exitcode(status)).encode())
    os._exit(0)


def _put_on(request: dict[str, object]) -> None:
    """Take over environment and folder."""
    os.environ.clear()
    os.environ.update(request["environment"])  # type: ignore[call-overload]  # text to text, as JSON keeps it
    os.chdir(str(request["folder"]))
    sys.path[:0] = filter(None, os.environ.get("PYTHONPATH", "").split(os.pathsep))


def _become(request: dict[str, object], files: list[int]) -> None:
    """Be the process that the command would have been."""
    for target, source in enumerate(files):
        os.dup2(source, target)
    for number in files:
        os.close(number)
    sys.stdin, sys.stdout, sys.stderr = open(0), open(1, "w"), open(2, "w")  # noqa: SIM115 -- until the end
    what: list[str] = request["what"]  # type: ignore[assignment]  # as sent
    code = 1
    try:
        if what[:1] == ["-c"]:
            exec(compile(what[1], "<test>", "exec"), {"__name__": "__main__"})  # noqa: S102 -- the test's own
        else:
            sys.argv = ["stragan", *what]
            runpy.run_module("stragan", run_name="__main__", alter_sys=True)
        code = 0
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException:  # noqa: BLE001 -- the command's own end
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


if __name__ == "__main__":
    main()
