"""``stragan products``: read products in from a file."""

import argparse
from pathlib import Path

from stragan.cli.choosing import CompanyNotChosen, add_company_option
from stragan.cli.main import set_up_django
from stragan.cli.output import write_refusal
from stragan.core.errors import StraganError


def add_commands(parser: argparse.ArgumentParser) -> None:
    """Say what ``products`` takes."""
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
    bring = verbs.add_parser("import", help="read products in from CSV or XLSX")
    bring.add_argument("file", type=Path, metavar="FILE")
    bring.add_argument("--dry-run", action="store_true", help="show what would be, change nothing")
    add_company_option(bring)
    bring.set_defaults(run=run_import)


def run_import(options: argparse.Namespace) -> int:
    """One line per row of the file."""
    set_up_django()
    from stragan.cli import products_importing  # noqa: PLC0415 -- Django is set up just above
    from stragan.kit.messages import text_of_error  # noqa: PLC0415 -- same

    try:
        return products_importing.import_products(options)
    except StraganError as error:
        write_refusal(error.code, text_of_error(error), as_json=options.json)
        return 2 if isinstance(error, CompanyNotChosen) else 1
