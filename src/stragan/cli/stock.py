"""``stragan stock``: what is on hand, reserved and available."""

import argparse

from stragan.cli.choosing import CompanyNotChosen, add_company_option
from stragan.cli.main import set_up_django
from stragan.cli.output import write_refusal
from stragan.core.errors import StraganError


def add_commands(parser: argparse.ArgumentParser) -> None:
    """Say what ``stock`` takes."""
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
    listing = verbs.add_parser("list", help="list products with what is on hand, reserved and available")
    add_company_option(listing)
    listing.set_defaults(run=run_list)


def run_list(options: argparse.Namespace) -> int:
    """One line per product, by name."""
    set_up_django()
    from stragan.cli import stock_listing  # noqa: PLC0415 -- Django is set up just above
    from stragan.kit.messages import text_of_error  # noqa: PLC0415 -- same

    try:
        return stock_listing.list_stock(options)
    except StraganError as error:
        write_refusal(error.code, text_of_error(error), as_json=options.json)
        return 2 if isinstance(error, CompanyNotChosen) else 1
