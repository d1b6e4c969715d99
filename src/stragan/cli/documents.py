"""``stragan documents``: issue, correct, void, compute and export."""

import argparse
import io
import sys
from datetime import date
from pathlib import Path
from typing import Final

from stragan.cli.choosing import CompanyNotChosen, add_company_option
from stragan.cli.main import set_up_django
from stragan.cli.output import write_refusal
from stragan.core.errors import StraganError
from stragan.core.snapshot import ORDER_KINDS

WRONG_USAGE: Final = 2
EXPORT_FORMATS: Final = ("pdf", "fa3", "json")
CORRECT_HELP: Final = """\
FILE has one JSON object per line and tells how the document is to be AFTERWARDS:
  {"line": 1, "quantity": "1"}        line by its place on the document; also named by
                                      "line_id", "sku" or "offer_id"; with "quantity" (0 takes
                                      it away), "unit_gross" or "vat", each optional
  {"to_zero": true}                   nothing is left; so does a file that names no line
  {"reason": "zwrot towaru"}          printed on the correction; has a default
  {"issue_date": "2026-11-23"}        default today
Goods that all go take delivery with them. Later lines win. The same file again changes nothing
and answers with the first result. FILE "-" reads stdin."""


def add_commands(parser: argparse.ArgumentParser) -> None:
    """Say what ``documents`` takes."""
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
    issue = verbs.add_parser(
        "issue",
        help="issue documents for orders; receipts confirm a sale unless the company chose fiscal",
    )
    issue.add_argument("kind", choices=[kind.value for kind in ORDER_KINDS])
    orders = issue.add_mutually_exclusive_group(required=True)
    orders.add_argument("--order", metavar="ALLEGRO_ID", nargs="+", action="append", help="these orders")
    orders.add_argument(
        "--ready",
        action="store_true",
        help="every live order that Allegro has released, without an original; for any kind the same orders",
    )
    issue.add_argument("--issue-date", type=date.fromisoformat, metavar="D", help="YYYY-MM-DD, default today")
    issue.add_argument("--dry-run", action="store_true", help="show what would be, change nothing")
    add_company_option(issue)
    issue.set_defaults(run=run_issue)
    correct = verbs.add_parser(
        "correct",
        help="issue a correction",
        epilog=CORRECT_HELP,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    correct.add_argument("number", metavar="NUMBER", help="the document, such as FV 118/11/2026")
    correct.add_argument(
        "--json-lines", required=True, type=argparse.FileType(encoding="utf-8"), metavar="FILE"
    )
    add_company_option(correct)
    correct.set_defaults(run=run_correct)
    void = verbs.add_parser("void", help="void a document that was never handed over")
    void.add_argument("number", metavar="NUMBER")
    void.add_argument("--reason", default="", metavar="TEXT", help="kept in the trail")
    add_company_option(void)
    void.set_defaults(run=run_void)
    compute = verbs.add_parser("compute", help="compute cases from stdin, one JSON object per line")
    compute.set_defaults(run=run_compute)
    export = verbs.add_parser("export", help="write documents as files")
    export.add_argument("--format", required=True, choices=EXPORT_FORMATS)
    export.add_argument("--out", required=True, type=Path, metavar="DIR")
    export.add_argument("--number", metavar="N", nargs="+", action="append", help="only these documents")
    add_company_option(export)
    export.set_defaults(run=run_export)


def run_compute(_options: argparse.Namespace) -> int:
    """Answer each line of stdin with one line; needs no company and no database."""
    from stragan.core.compute import answer_line  # noqa: PLC0415 -- other verbs do not need it

    if isinstance(sys.stdin, io.TextIOWrapper):
        # A line that is not UTF-8 gets its refusal as any other that cannot be read.
        sys.stdin.reconfigure(encoding="utf-8", errors="replace")
    is_refused = False
    for line in sys.stdin:
        if not line.strip():
            continue
        answer = answer_line(line)
        is_refused = is_refused or answer.startswith('{"refused"')
        sys.stdout.write(f"{answer}\n")
        sys.stdout.flush()
    return 1 if is_refused else 0


def run_issue(options: argparse.Namespace) -> int:
    """Issue, one line per order."""
    return _translated(options, "issue")


def run_export(options: argparse.Namespace) -> int:
    """Export, one line per file."""
    return _translated(options, "export")


def run_correct(options: argparse.Namespace) -> int:
    """Correct, one line for the correction."""
    return _translated(options, "correct")


def run_void(options: argparse.Namespace) -> int:
    """Void, one line for the document."""
    return _translated(options, "void")


def _translated(options: argparse.Namespace, verb: str) -> int:
    """Run the verb and translate anticipated errors to a refusal line and an exit code."""
    set_up_django()
    from stragan.cli import documents_undoing, documents_work  # noqa: PLC0415 -- Django is set up just above
    from stragan.kit.messages import text_of_error  # noqa: PLC0415 -- same

    try:
        works = {
            "issue": documents_work.issue,
            "export": documents_work.export,
            "correct": documents_undoing.correct,
            "void": documents_undoing.void,
        }
        return works[verb](options)
    except StraganError as error:
        write_refusal(error.code, text_of_error(error), as_json=options.json)
        return WRONG_USAGE if isinstance(error, CompanyNotChosen) else 1
