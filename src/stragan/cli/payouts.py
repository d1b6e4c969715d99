"""``stragan payouts``: what Allegro paid out, and what each payout holds."""

import argparse

from stragan.cli.choosing import CompanyNotChosen, add_company_option
from stragan.cli.main import set_up_django
from stragan.cli.output import write_refusal
from stragan.core.errors import StraganError


def add_commands(parser: argparse.ArgumentParser) -> None:
    """Say what ``payouts`` takes."""
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
    listing = verbs.add_parser("list", help="list payouts, newest first")
    listing.add_argument("--shop", metavar="NAME", help="only this shop")
    add_company_option(listing)
    listing.set_defaults(run=run_list)
    showing = verbs.add_parser("show", help="say which operations a payout holds, order by order")
    showing.add_argument("payout", metavar="ID", help="its id as listed, or Allegro's")
    add_company_option(showing)
    showing.set_defaults(run=run_show)


def run_list(options: argparse.Namespace) -> int:
    """One line per payout."""
    return _translated(options, "list_payouts")


def run_show(options: argparse.Namespace) -> int:
    """One line per operation, then the sums."""
    return _translated(options, "show_payout")


def _translated(options: argparse.Namespace, verb: str) -> int:
    set_up_django()
    from stragan.cli import payouts_listing  # noqa: PLC0415 -- Django is set up just above
    from stragan.kit.messages import text_of_error  # noqa: PLC0415 -- same

    try:
        return int(getattr(payouts_listing, verb)(options))
    except StraganError as error:
        write_refusal(error.code, text_of_error(error), as_json=options.json)
        return 2 if isinstance(error, CompanyNotChosen) else 1
