"""What ``stragan archive`` does once Django is there."""

import argparse

from stragan.archive import queries
from stragan.cli.choosing import chosen_company
from stragan.cli.output import write_line
from stragan.companies.models import Company
from stragan.flows import archive_export, archive_feed, archive_proof, purge_contact
from stragan.kit.audit import Actor
from stragan.kit.clock import business_now
from stragan.kit.counting import Counted


def status(options: argparse.Namespace) -> int:
    """One line."""
    company = chosen_company(options)
    held = queries.held(company)
    latest = queries.latest_purge(company)
    line = {
        "answers": held.answers,
        "purged": held.purged,
        "oldest": held.oldest,
        "newest": held.newest,
        "months": company.contact_months,
        **_due(company),
        "latest_purge": latest.started_at if latest else None,
    }
    write_line(line, as_json=options.json)
    return 0


def purge(options: argparse.Namespace) -> int:
    """One line: what was purged, or with ``--dry-run`` what would be."""
    company = chosen_company(options)
    if options.dry_run:
        write_line(_due(company), as_json=options.json)
        return 0
    now = business_now()
    run = purge_contact.purge(company_id=company.pk, now=now, actor=Actor.COMMAND)
    line = {
        "before": run.before if run else purge_contact.cutoff(months=company.contact_months, now=now),
        "orders": run.orders if run else 0,
        "revisions": run.revisions if run else 0,
        "answers": run.answers if run else 0,
        "unreadable": run.unreadable if run else 0,
    }
    write_line(line, as_json=options.json)
    return 0


def _due(company: Company) -> dict[str, object]:
    due = purge_contact.due(company, now=business_now())
    return {
        "before": due.before,
        "due_orders": _number(due.orders),
        "due_answers": _number(due.answers),
        "due_unreadable": _number(due.unreadable),
    }


def _number(count: Counted) -> int | str:
    return f"more than {count.limit}" if count.is_capped else int(count)


def verify(options: argparse.Namespace) -> int:
    """One line per altered answer or revision, then the result; 1 where there is one."""
    verdict = archive_proof.prove(chosen_company(options))
    for one in verdict.altered:
        write_line({"altered": one.answer or one.order, "revision": one.revision}, as_json=options.json)
    write_line(
        {
            "ok": not verdict.altered,
            "answers": verdict.answers,
            "whole": verdict.whole,
            "purged_answers": verdict.purged_answers,
            "revisions": verdict.revisions,
            "purged_revisions": verdict.purged_revisions,
        },
        as_json=options.json,
    )
    return 1 if verdict.altered else 0


def export(options: argparse.Namespace) -> int:
    """One line."""
    count = archive_export.export(chosen_company(options), options.file, now=business_now())
    write_line({"file": str(options.file), "answers": count}, as_json=options.json)
    return 0


def feed(options: argparse.Namespace) -> int:
    """One line."""
    fed = archive_feed.feed(chosen_company(options), options.file, now=business_now())
    line = {"answers": fed.answers, "passed_over": fed.passed_over, "orders_without_contact": len(fed.purged)}
    write_line(line, as_json=options.json)
    return 0
