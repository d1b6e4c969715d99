"""``stragan orders``: fetch and list."""

import argparse
from datetime import date
from typing import Final

from stragan.cli.choosing import CompanyNotChosen, add_company_option
from stragan.cli.main import set_up_django
from stragan.cli.output import write_refusal
from stragan.core.errors import StraganError

STATUSES: Final = ("open", "paid", "cod", "closed", "cancelled")


def add_commands(parser: argparse.ArgumentParser) -> None:
    """Say what ``orders`` takes."""
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
    fetch = verbs.add_parser("fetch", help="fetch new and changed orders")
    fetch.add_argument("--shop", metavar="NAME", help="only this shop")
    fetch.add_argument(
        "--since", type=date.fromisoformat, metavar="DATE", help="all purchases since that day once more"
    )
    add_company_option(fetch)
    fetch.set_defaults(run=run_fetch)
    listing = verbs.add_parser("list", help="list orders")
    listing.add_argument("--status", choices=STATUSES, help="only orders of this status")
    listing.add_argument("--all", action="store_true", help="also closed, cancelled and superseded ones")
    add_company_option(listing)
    listing.set_defaults(run=run_list)


def run_fetch(options: argparse.Namespace) -> int:
    """Fetch, one line per shop."""
    return translated(options, "fetch")


def run_list(options: argparse.Namespace) -> int:
    """One line per order, oldest number first."""
    return translated(options, "list")


def translated(options: argparse.Namespace, verb: str) -> int:
    """Run the verb and translate anticipated errors to a refusal line and an exit code."""
    set_up_django()
    from stragan.kit.messages import text_of_error  # noqa: PLC0415 -- Django is set up just above

    try:
        if verb == "fetch":
            from stragan.cli import orders_fetching  # noqa: PLC0415 -- listing needs no gateway

            return orders_fetching.fetch(options)
        from stragan.cli import orders_listing  # noqa: PLC0415 -- fetching needs no documents

        return orders_listing.list_orders(options)
    except StraganError as error:
        write_refusal(error.code, text_of_error(error), as_json=options.json)
        return 2 if isinstance(error, CompanyNotChosen) else 1
