"""``stragan shop``: connect and list Allegro accounts."""

import argparse
from datetime import date

from stragan.cli.choosing import CompanyNotChosen, add_company_option
from stragan.cli.main import set_up_django
from stragan.cli.output import write_refusal
from stragan.core.errors import StraganError


def add_commands(parser: argparse.ArgumentParser) -> None:
    """Say what ``shop`` takes."""
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
    connect = verbs.add_parser("connect", help="connect an Allegro account by device code")
    connect.add_argument("name", metavar="NAME", help="what the shop is called here")
    connect.add_argument(
        "--buyer-source",
        choices=["delivery", "account"],
        help="whose data become the buyer when no invoice was asked for (default: delivery)",
    )
    connect.add_argument(
        "--since",
        type=date.fromisoformat,
        metavar="DATE",
        help="first day to fetch orders of, YYYY-MM-DD (default: 60 days ago)",
    )
    add_company_option(connect)
    connect.set_defaults(run=run_connect)
    listing = verbs.add_parser("list", help="list connected accounts")
    add_company_option(listing)
    listing.set_defaults(run=run_list)


def run_connect(options: argparse.Namespace) -> int:
    """Connect, then one line about the shop."""
    return translated(options, "connect")


def run_list(options: argparse.Namespace) -> int:
    """One line per shop."""
    return translated(options, "list")


def translated(options: argparse.Namespace, verb: str) -> int:
    """Run the verb and translate anticipated errors to a refusal line and an exit code."""
    set_up_django()
    from stragan.cli import shop_work  # noqa: PLC0415 -- Django is set up just above
    from stragan.kit.messages import text_of_error  # noqa: PLC0415 -- same

    try:
        return shop_work.connect(options) if verb == "connect" else shop_work.list_shops(options)
    except StraganError as error:
        write_refusal(error.code, text_of_error(error), as_json=options.json)
        return 2 if isinstance(error, CompanyNotChosen) else 1
