"""``stragan web``: the web server, which also makes the database and the static files ready."""

import argparse
import gc
import hashlib
import json
import os
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any, Final

from gunicorn.app.base import BaseApplication
from gunicorn.workers.sync import SyncWorker

from stragan.cli.launcher import READY_VARIABLE
from stragan.cli.lifeline import end_with_parent
from stragan.cli.main import set_up_django
from stragan.cli.output import write_refusal
from stragan.kit.data_folder import FolderUnusable
from stragan.kit.memory import give_back

WORKERS: Final = 2  # processes beat threads here
_STAMP: Final = ".stamp"


def add_commands(parser: argparse.ArgumentParser) -> None:
    """Say what ``web`` takes."""
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--fd", type=int, help="a socket that is bound already")
    parser.add_argument("--processes", type=int, default=WORKERS)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Prepare, say so to the launcher, then answer requests until stopped."""
    set_up_django()
    try:
        _prepare()
    except FolderUnusable as error:
        write_refusal("folder_unusable", str(error), as_json=options.json)
        return 1
    bind = f"fd://{options.fd}" if options.fd is not None else f"{options.host}:{options.port}"
    _WebServer(bind=bind, processes=options.processes).run()
    return 0


class _Worker(SyncWorker):  # type: ignore[misc]  # gunicorn ships no types
    """Clears away what a page left once its answer has gone: nobody waits for that, and no page for forty."""

    def handle(self, *arguments: object) -> None:
        """Answer one request."""
        super().handle(*arguments)
        clear_away()


def clear_away() -> None:
    """Free what the last page left in circles (Django's context is one)."""
    gc.collect(0)


class _WebServer(BaseApplication):  # type: ignore[misc]  # gunicorn ships no types
    """Gunicorn with our settings in code: no files, no control socket."""

    def __init__(self, *, bind: str, processes: int) -> None:
        self._bind, self._processes = bind, processes
        super().__init__()

    def load_config(self) -> None:
        """Set what differs from gunicorn's defaults."""
        ours: dict[str, object] = {
            "bind": self._bind,
            "workers": self._processes,
            "worker_class": _Worker,
            "preload_app": True,  # one copy of the code in memory, shared by the processes
            "timeout": 60,
            "graceful_timeout": 8,
            "loglevel": "warning",
            "accesslog": None,
            "control_socket_disable": True,
            "proc_name": "stragan-web",
            "when_ready": _freeze,
            "post_fork": _after_fork,
        }
        if Path("/dev/shm").is_dir():  # noqa: S108 -- gunicorn makes its own unlinked file there
            ours["worker_tmp_dir"] = "/dev/shm"  # noqa: S108 -- a disk may stall a heartbeat
        for name, value in ours.items():
            self.cfg.set(name, value)

    def load(self) -> Callable[..., Any]:
        """Load everything a request needs before the processes part."""
        from django.conf import settings  # noqa: PLC0415 -- Django is set up by run()
        from django.db import connections  # noqa: PLC0415
        from django.urls import get_resolver  # noqa: PLC0415
        from django.utils.translation import gettext, override  # noqa: PLC0415

        module, _, name = settings.WSGI_APPLICATION.rpartition(".")
        application: Callable[..., Any] = getattr(import_module(module), name)
        assert get_resolver().url_patterns, "there are addresses"
        for language, _label in settings.LANGUAGES:
            with override(language):
                gettext("Save")  # reads the catalog
        connections.close_all()  # a connection must not be shared by two processes
        return application


def _freeze(_server: object) -> None:
    # What lives now lives on in every process: kept out of the collector, its pages stay shared.
    gc.collect()
    gc.freeze()
    give_back()


def _after_fork(_server: object, worker: Any) -> None:
    end_with_parent(worker.ppid)


def _prepare() -> None:
    from django.db import connections  # noqa: PLC0415 -- Django is set up by run()

    from stragan.cli.preparation import prepare_database  # noqa: PLC0415
    from stragan.companies import actions, queries  # noqa: PLC0415
    from stragan.kit.clock import business_now, real_now  # noqa: PLC0415

    prepare_database(now=real_now())
    told: dict[str, str] = {}
    if not queries.is_set_up():
        told["setup_path"] = f"/setup/{actions.make_setup_token(now=business_now())}/"
    _gather_static_files()
    connections.close_all()
    descriptor = os.environ.pop(READY_VARIABLE, "")
    if descriptor:
        with os.fdopen(int(descriptor), "w") as pipe:
            pipe.write(json.dumps(told) + "\n")
    elif told:
        write_refusal("company_missing", f"Set up at {told['setup_path']}", as_json=False)


def _gather_static_files() -> None:
    """Copy, name by content and compress the static files, when any of them changed."""
    from django.conf import settings  # noqa: PLC0415 -- Django is set up by run()
    from django.contrib.staticfiles.finders import get_finders  # noqa: PLC0415
    from django.core.management import call_command  # noqa: PLC0415

    digest = hashlib.sha256()
    for finder in get_finders():
        for name, storage in finder.list([]):
            status = Path(storage.path(name)).stat()
            digest.update(f"{name} {status.st_size} {status.st_mtime_ns}\n".encode())
    stamp = Path(settings.STATIC_ROOT) / _STAMP
    if stamp.exists() and stamp.read_text() == digest.hexdigest():
        return
    call_command("collectstatic", interactive=False, verbosity=0)
    stamp.write_text(digest.hexdigest())
