"""What ``stragan documents`` does once Django is there."""

import argparse
import logging
import os
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from typing import Final

from stragan.cli.choosing import chosen_company
from stragan.cli.output import write_line, write_warning
from stragan.companies.models import Company
from stragan.companies.queries import has_address
from stragan.core.snapshot import DocumentKind, DocumentSnapshot, RateTotal
from stragan.documents.actions import RENDER_PDF, Author
from stragan.documents.content import Refusal
from stragan.documents.freezing import Sums
from stragan.flows import document_files, issue_document
from stragan.flows.consequences import Consequences
from stragan.flows.issue_document import Issued, RefusedOrder, WouldIssue
from stragan.flows.issue_preparing import Wish
from stragan.flows.stock_effects import Spent
from stragan.kit import jobs
from stragan.kit.audit import Actor
from stragan.kit.clock import business_now, business_today, real_now
from stragan.kit.messages import text_of
from stragan.kit.shared_clock import shared_now
from stragan.orders.models import Order

CHUNK: Final = issue_document.CHUNK_SIZE
FILES_AT_ONCE: Final = 20

logger = logging.getLogger("stragan.cli")


def issue(options: argparse.Namespace) -> int:
    """Issue documents (or say what would be issued) and write their PDFs; gives the exit code."""
    company = chosen_company(options)
    if not has_address(company):
        write_warning("company_address_missing", text_of("company_address_missing"))
    if options.kind == DocumentKind.RECEIPT and not company.receipts:
        write_warning("receipts_not_chosen", text_of("receipts_not_chosen"))
    today = business_today()
    wish = Wish(
        company=company,
        kind=DocumentKind(options.kind),
        issue_date=options.issue_date or today,
        today=today,
    )
    is_refused = False
    issued: list[int] = []
    place = 0
    spent: Spent = {}
    for names, ids in _chunks(company, options):
        author = Author(user=None, actor=Actor.COMMAND, now=business_now(), asked_at=real_now())
        outcomes: Sequence[Issued | RefusedOrder | WouldIssue]
        if options.dry_run:
            outcomes = issue_document.preview_documents(ids, wish=wish, place=place, spent=spent)
            place += sum(isinstance(one, WouldIssue) for one in outcomes)
        else:
            outcomes = issue_document.issue_documents(ids, wish=wish, author=author)
            issued += [one.document.pk for one in outcomes if isinstance(one, Issued)]
        by_name = {one.allegro_id: one for one in outcomes}
        for name in names:
            outcome = by_name.get(name)
            is_refused |= outcome is None or isinstance(outcome, RefusedOrder)
            write_line(_row(name, outcome, wish=wish), as_json=options.json)
            if isinstance(outcome, Issued | WouldIssue):
                for one in outcome.warnings:
                    write_warning(one.code, f"{name}: {text_of(one.code, one.params)}")
    write_files(issued)
    return 1 if is_refused else 0


def export(options: argparse.Namespace) -> int:
    """Write files; gives the exit code."""
    company = chosen_company(options)
    numbers = list(chain.from_iterable(options.number)) if options.number else None
    is_refused = False
    for one in document_files.export(
        company=company, file_format=options.format, folder=options.out, numbers=numbers, now=business_now()
    ):
        if isinstance(one, document_files.NotExported):
            is_refused = True
            message = text_of(one.code, {"number": one.number})
            write_line(
                {"document": one.number, "refused": one.code, "code": one.code, "message": message},
                as_json=options.json,
            )
            continue
        write_line(
            {"document": one.number, "file": str(one.path), "sha256": one.sha256}, as_json=options.json
        )
    return 1 if is_refused else 0


def _chunks(company: Company, options: argparse.Namespace) -> Iterator[tuple[list[str], list[int]]]:
    """Give orders in handfuls: their Allegro ids as asked for, and the ids of those that exist here."""
    if options.ready:
        ids = issue_document.ready_orders(company)
        for start in range(0, len(ids), CHUNK):
            part = ids[start : start + CHUNK]
            names = dict(
                Order.objects.for_company(company).filter(pk__in=part).values_list("id", "allegro_id")
            )
            yield [names[pk] for pk in part], part
        return
    wanted = list(dict.fromkeys(chain.from_iterable(options.order)))
    for start in range(0, len(wanted), CHUNK):
        names_asked = wanted[start : start + CHUNK]
        rows = Order.objects.for_company(company).filter(allegro_id__in=names_asked).order_by("id")
        known = dict(rows.values_list("allegro_id", "id"))
        yield names_asked, [known[name] for name in names_asked if name in known]


def _row(
    name: str, outcome: Issued | RefusedOrder | WouldIssue | None, *, wish: Wish
) -> Mapping[str, object]:
    if outcome is None:
        return _refusal_row(name, Refusal(code="order_unknown", params={"order": name}))
    if isinstance(outcome, RefusedOrder):
        return _refusal_row(name, outcome.refusal)
    if isinstance(outcome, WouldIssue):
        sums = outcome.sums
        row = document_row(name, outcome.number, sums, kind=wish.kind, currency=outcome.currency)
    else:
        snapshot = outcome.snapshot
        row = document_row(name, snapshot.number, snapshot, kind=snapshot.kind, currency=snapshot.currency)
    return {**row, **consequences_row(outcome.consequences)}


def consequences_row(found: Consequences) -> dict[str, object]:
    """Say what was moved and posted."""
    stock = [
        {"sku": one.sku, "name": one.name, "quantity": f"{one.quantity:f}", "note": one.note}
        for one in found.stock
    ]
    books = [
        {
            "register": one.register,
            "period": one.period,
            "date": one.day.isoformat(),
            "net": f"{one.net:.2f}",
            "vat": f"{one.vat:.2f}",
            "gross": f"{one.gross:.2f}",
        }
        for one in found.books
    ]
    return {"stock": stock, "books": books}


def _refusal_row(name: str, refusal: Refusal) -> dict[str, object]:
    message = text_of(refusal.code, refusal.params)
    return {"order": name, "refused": refusal.code, "code": refusal.code, "message": message}


def document_row(
    name: str | None,
    number: str,
    sums: DocumentSnapshot | Sums,
    *,
    kind: DocumentKind,
    currency: str,
) -> dict[str, object]:
    """Say what a document is: amounts as decimal strings."""
    return {
        "order": name,
        "document": number,
        "kind": kind.value,
        "net": f"{sums.net:.2f}",
        "vat": f"{sums.vat:.2f}",
        "gross": f"{sums.gross:.2f}",
        "deposit": f"{sums.deposit:.2f}",
        "to_pay": f"{sums.to_pay:.2f}",
        "currency": currency,
        "rates": {rate.code: _rate_row(rate) for rate in sums.rates},
    }


def _rate_row(rate: RateTotal) -> dict[str, str]:
    return {"net": f"{rate.net:.2f}", "vat": f"{rate.vat:.2f}", "gross": f"{rate.gross:.2f}"}


def write_files(document_ids: Sequence[int]) -> None:
    """Make the PDFs here and now, since a command needs no worker; what fails is left to one.

    The jobs are taken as a worker takes them, so no file is made twice by a twin of this command.
    """
    worker = f"command-{os.getpid()}"
    for start in range(0, len(document_ids), FILES_AT_ONCE):
        keys = [f"{RENDER_PDF}:{pk}" for pk in document_ids[start : start + FILES_AT_ONCE]]
        for job in jobs.claim_keys(keys, worker=worker, now=shared_now()):
            try:
                document_files.render_pdfs(document_ids=[job.arguments["document_id"]], now=business_now())
            except OSError:
                logger.exception("documents.pdf.not_written", extra={"job": job.pk})
                continue
            jobs.finish(job, now=real_now())
