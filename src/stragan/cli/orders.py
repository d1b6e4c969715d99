"""``stragan orders``: fetch, list, check, see what changed, and derive again."""

import argparse
from datetime import date
from importlib import import_module
from pathlib import Path
from typing import Final

from stragan.cli.choosing import CompanyNotChosen, add_company_option
from stragan.cli.main import set_up_django
from stragan.cli.output import write_refusal
from stragan.core.errors import StraganError

STATUSES: Final = ("open", "paid", "cod", "closed", "cancelled")
CHANGE_STATES: Final = ("open", "noted", "settled")
# verb → (module, function); each is loaded when it is asked for.
WORKERS: Final = {
    "fetch": ("orders_fetching", "fetch"),
    "list": ("orders_listing", "list_orders"),
    "ship": ("orders_shipping", "ship"),
    "reconcile": ("orders_checking", "reconcile"),
    "verify": ("orders_checking", "verify"),
    "changes": ("orders_changes", "list_changes"),
    "replay": ("orders_replaying", "replay_orders"),
}


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
    shipping = verbs.add_parser("ship", help="note tracking numbers and send them to Allegro")
    shipping.add_argument("--order", metavar="ORDER", help="its id on Allegro, or its number here")
    shipping.add_argument("--carrier", metavar="NAME", default="", help="Allegro's id or name, or any other")
    shipping.add_argument("--waybill", metavar="NUMBER", default="")
    shipping.add_argument(
        "--file", type=Path, metavar="FILE.csv", help="many, in columns order, carrier and waybill"
    )
    add_company_option(shipping)
    shipping.set_defaults(run=run_ship)
    checking = verbs.add_parser("reconcile", help="check that all orders are here, with Allegro's amounts")
    checking.add_argument(
        "--from", dest="since", type=date.fromisoformat, metavar="DATE", help="first day of purchase"
    )
    checking.add_argument(
        "--to", dest="until", type=date.fromisoformat, metavar="DATE", help="last day of purchase"
    )
    checking.add_argument("--shop", metavar="NAME", help="only this shop")
    add_company_option(checking)
    checking.set_defaults(run=run_reconcile)
    changes = verbs.add_parser("changes", help="list orders that changed after their document was issued")
    changes.add_argument(
        "--state", choices=CHANGE_STATES, default="open", help="waiting (the default), noted or settled ones"
    )
    changes.add_argument("--order", metavar="ID", help="only this one: its Allegro id or its number here")
    changes.add_argument("--settle", metavar="REASON", help="with --order: nothing is to be done, and why")
    add_company_option(changes)
    changes.set_defaults(run=run_changes)
    replaying = verbs.add_parser("replay", help="derive orders again from the answers that are kept")
    replaying.add_argument("--order", metavar="ID", help="only this one: its Allegro id or its number here")
    replaying.add_argument("--shop", metavar="NAME", help="only this shop")
    replaying.add_argument("--dry-run", action="store_true", help="show differences and change nothing")
    add_company_option(replaying)
    replaying.set_defaults(run=run_replay)
    verifying = verbs.add_parser("verify", help="check the file of a statement of completeness")
    verifying.add_argument("file", type=Path, metavar="FILE", help="the JSON of a statement")
    verifying.set_defaults(run=run_verify)


def run_changes(options: argparse.Namespace) -> int:
    """One line per order that changed after its document was issued, the newest change first."""
    if options.settle is not None and options.order is None:
        write_refusal("usage", "give --order with --settle", as_json=options.json)
        return 2
    return translated(options, "changes")


def run_replay(options: argparse.Namespace) -> int:
    """One line per order that differs from what Allegro sent last, then the result."""
    return translated(options, "replay")


def run_reconcile(options: argparse.Namespace) -> int:
    """One line per difference, then the result."""
    return translated(options, "reconcile")


def run_ship(options: argparse.Namespace) -> int:
    """Note and send parcels, one line each."""
    if (options.order is None) == (options.file is None):
        write_refusal("usage", "give --order with --carrier and --waybill, or --file", as_json=options.json)
        return 2
    return translated(options, "ship")


def run_verify(options: argparse.Namespace) -> int:
    """Say whether a statement's file is what this installation once signed."""
    return translated(options, "verify")


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
        module, function = WORKERS[verb]
        return int(getattr(import_module(f"stragan.cli.{module}"), function)(options))
    except StraganError as error:
        write_refusal(error.code, text_of_error(error), as_json=options.json)
        return 2 if isinstance(error, CompanyNotChosen) else 1
