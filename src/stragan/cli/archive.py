"""``stragan archive``: what Allegro answered, how it is proved, purged, taken out and fed."""

import argparse
from importlib import import_module
from pathlib import Path
from typing import Final

from stragan.cli.choosing import CompanyNotChosen, add_company_option
from stragan.cli.main import set_up_django
from stragan.cli.output import write_refusal
from stragan.core.errors import StraganError

_WORK: Final = "stragan.cli.archive_work"


def add_commands(parser: argparse.ArgumentParser) -> None:
    """Say what ``archive`` takes."""
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
    status = verbs.add_parser("status", help="say what is kept, and what of it is due to be purged")
    purge = verbs.add_parser(
        "purge",
        help="take contact data of old purchases away",
        epilog="Names, addresses, e-mail, telephones, logins and messages go; ids, amounts, dates, states "
        "and hashes stay, and so do documents. Nothing brings them back but a backup.",
    )
    purge.add_argument("--dry-run", action="store_true", help="count and change nothing")
    verify = verbs.add_parser(
        "verify",
        help="work every hash out again",
        epilog="What was purged is counted apart: its hashes stay, the bytes they were made of are gone.",
    )
    export = verbs.add_parser("export", help="write the whole archive into a file")
    feed = verbs.add_parser(
        "feed",
        help="take a file of an archive into a database without orders",
        epilog="Runs the ordinary import at the instants it was first done. Safe to stop and to run again.",
    )
    for one in (export, feed):
        one.add_argument("file", type=Path, metavar="FILE", help="JSON lines, gzip; holds personal data")
    for one in (status, purge, verify, export, feed):
        add_company_option(one)
        one.set_defaults(run=run, function=one.prog.split()[-1])


def run(options: argparse.Namespace) -> int:
    """Do it and translate anticipated errors to a refusal line and an exit code."""
    set_up_django()
    from stragan.kit.messages import text_of_error  # noqa: PLC0415 -- Django is set up just above

    try:
        return int(getattr(import_module(_WORK), options.function)(options))
    except StraganError as error:
        write_refusal(error.code, text_of_error(error), as_json=options.json)
        return 2 if isinstance(error, CompanyNotChosen) else 1
