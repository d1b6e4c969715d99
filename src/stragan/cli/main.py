"""The command ``stragan``: finds the command asked for and translates its outcome to an exit code.

Exit codes: 0 done, 1 refused or partly failed, 2 wrong usage. With ``--json`` (in any place) results
are JSON lines on stdout; logs always go to stderr. Modules of commands are imported only when theirs
is asked for, so that every command starts fast.
"""

import argparse
import gc
import os
import sys
from collections.abc import Callable, Sequence
from datetime import datetime
from importlib import import_module
from typing import Final

Run = Callable[[argparse.Namespace], int]

# group → (module, one line of help); each module has add_commands(parser) and needs no Django to load.
GROUPS: Final[dict[str, tuple[str, str]]] = {
    "init": ("stragan.cli.init", "make the company and its owner"),
    "serve": ("stragan.cli.serve", "run web, worker and scheduler"),
    "demo": ("stragan.cli.demo", "run a demo company with stand-ins and its own data folder"),
    "shop": ("stragan.cli.shop", "connect and list Allegro accounts"),
    "orders": ("stragan.cli.orders", "fetch and list orders"),
    "products": ("stragan.cli.products", "read products in from a file"),
    "payouts": ("stragan.cli.payouts", "list payouts of Allegro and say what each holds"),
    "documents": ("stragan.cli.documents", "issue, compute and export documents"),
    "stock": ("stragan.cli.stock", "list what is in stock"),
    "books": ("stragan.cli.books", "list the registers"),
    "audit": ("stragan.cli.audit", "prove that nobody changed the trail of deeds"),
    "archive": ("stragan.cli.archive", "prove, export and feed what Allegro answered"),
    "worker": ("stragan.cli.worker", "run one worker (serve starts its own)"),
    "web": ("stragan.cli.web", "run the web server alone (serve starts its own)"),
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    as_json = "--json" in given
    given = [word for word in given if word != "--json"]
    parser = argparse.ArgumentParser(
        prog="stragan", description="Allegro orders, documents, stock and books."
    )
    parser.add_argument("--json", action="store_true", help="results as JSON lines on stdout")
    groups = parser.add_subparsers(dest="group", required=True, metavar="COMMAND")
    asked = given[0] if given else ""
    for name, (module, help_text) in GROUPS.items():
        group = groups.add_parser(name, help=help_text)
        if name == asked:
            import_module(module).add_commands(group)
    options = parser.parse_args(given)
    options.json = as_json
    _check_clock(parser)
    run: Run = options.run
    try:
        return run(options)
    except BrokenPipeError:
        # The reader of our output went away, as `head` does; that is its right.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except KeyboardInterrupt:
        return 1
    except Exception as error:
        if not _told(error, as_json=as_json):
            raise
        return 1


def _told(error: Exception, *, as_json: bool) -> bool:
    """Say what the database could not do; gives whether it was that."""
    if "django.db" not in sys.modules:
        return False
    from stragan.cli.output import write_refusal  # noqa: PLC0415 -- commands start fast
    from stragan.kit.database_trouble import trouble_of  # noqa: PLC0415 -- same
    from stragan.kit.messages import text_of  # noqa: PLC0415 -- same

    trouble = trouble_of(error)
    if trouble is not None:
        write_refusal(trouble.code, text_of(trouble.code), as_json=as_json)
    return trouble is not None


def _check_clock(parser: argparse.ArgumentParser) -> None:
    text = os.environ.get("STRAGAN_NOW", "")
    try:
        datetime.fromisoformat(text or "2026-01-01")
    except ValueError:
        parser.error(f"STRAGAN_NOW is no instant such as 2026-11-23T12:00:00Z: {text}")


def set_up_django() -> None:
    """Make models and settings usable; called by commands that need them."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "stragan.project.settings")
    import django  # noqa: PLC0415 -- half a second that `documents compute` does not need

    django.setup()
    # What is loaded by now stays for ever: looking through it for garbage while pages of orders are taken in
    # was a tenth of the work.
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)
