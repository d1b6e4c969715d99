"""``stragan audit``: prove that nobody changed the trail of deeds."""

import argparse

from stragan.cli.main import set_up_django
from stragan.cli.output import write_line


def add_commands(parser: argparse.ArgumentParser) -> None:
    """Say what ``audit`` takes."""
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
    verifying = verbs.add_parser(
        "verify",
        help="walk the chain of hashes over all events",
        epilog="first_broken is the id of the first event that is missing or changed; head, the last hash, "
        "proves later that no end was cut off: keep it elsewhere.",
    )
    verifying.set_defaults(run=run_verify)


def run_verify(options: argparse.Namespace) -> int:
    """One line; 1 where the chain is broken."""
    set_up_django()
    from stragan.kit.sealing import verify  # noqa: PLC0415 -- Django is set up just above

    verdict = verify()
    write_line(
        {
            "ok": verdict.ok,
            "events": verdict.events,
            "first_broken": verdict.first_broken,
            "head": verdict.head,
        },
        as_json=options.json,
    )
    return 0 if verdict.ok else 1
