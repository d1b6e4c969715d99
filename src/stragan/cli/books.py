"""``stragan books``: list the registers."""

import argparse
from typing import Final

from stragan.cli.choosing import CompanyNotChosen, add_company_option
from stragan.cli.main import set_up_django
from stragan.cli.output import write_refusal
from stragan.core.errors import StraganError

REGISTERS: Final = ("vat", "kpir", "ryczalt")
KEYS: Final = """\
Keys of a row; amounts in PLN with two decimals, negative for corrections:
  register         vat, kpir or ryczalt
  number           of the document or report; of a daily row "WEW 23/11/2026"
  kind             invoice, receipt, other_income, correction; null for daily rows and reports
  documents        numbers of the documents the row stands for
  type, mark       JPK_V7: "", WEW, RO, FP; NrKSeF, BFK, DI, OFF (vat only)
  issue_date, sale_date, vat_date, revenue_date
  period           month it stands in; due_period: month it belonged to, if that one was closed
  country, nip, name, address   "brak" where there is none
  gtu              list of codes 01 to 13 (vat only)
  net, vat, gross  whole row; FP rows are shown and never added up
  rates            {VAT code: {net, vat, gross}}; fields: {K_19: ...} (vat only)
  rate, amount     percent of the flat tax; revenue (kpir, ryczalt)
"""


def add_commands(parser: argparse.ArgumentParser) -> None:
    """Say what ``books`` takes."""
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
    listing = verbs.add_parser(
        "list",
        help="rows of a register",
        epilog=KEYS,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    listing.add_argument("register", choices=REGISTERS)
    listing.add_argument("--period", required=True, type=_period, metavar="YYYY-MM", help="the month")
    listing.add_argument(
        "--by-document", action="store_true", help="the daily record document by document, not day by day"
    )
    add_company_option(listing)
    listing.set_defaults(run=run_list)


def _period(text: str) -> str:
    from stragan.books.states import is_period  # noqa: PLC0415 -- other commands do not need it

    if not is_period(text):
        raise argparse.ArgumentTypeError(f"no month such as 2026-11: {text}")
    return text


def run_list(options: argparse.Namespace) -> int:
    """One line per row of the register, in its order."""
    set_up_django()
    from stragan.cli import books_listing  # noqa: PLC0415 -- Django is set up just above
    from stragan.kit.messages import text_of_error  # noqa: PLC0415 -- same

    try:
        return books_listing.list_rows(options)
    except StraganError as error:
        write_refusal(error.code, text_of_error(error), as_json=options.json)
        return 2 if isinstance(error, CompanyNotChosen) else 1
