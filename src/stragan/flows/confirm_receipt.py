"""Confirm that buyers got corrections in minus: only then does their tax go down (VAT Act art. 29a(13a))."""

from collections.abc import Sequence
from datetime import date, datetime

from stragan.books import queries
from stragan.books.actions import corrections
from stragan.books.actions.posting import lock_ledger
from stragan.books.states import Confirmation
from stragan.companies.models import Company, User
from stragan.documents.models import Document
from stragan.documents.queries import snapshot_of
from stragan.flows.book_effects import plan


def confirm_receipt(
    documents: Sequence[Document], *, company: Company, day: date, how: Confirmation, by: User, now: datetime
) -> list[Document]:
    """Note the *day* the receipt of corrections in minus was confirmed, and how; gives those it was news of.

    Tax that waited is posted to the month of that day; a row that stands in another month moves there. The
    revenue stays in the month of the correction (PIT Act art. 14(1m)). In the caller's transaction: all of
    them or none. Of corrections confirmed so already nothing is written.

    :raises stragan.books.queries.BooksOff: the company keeps no books.
    :raises stragan.books.actions.corrections.ReceiptDayWrong: the day is before an issue date, or to come.
    :raises stragan.books.actions.posting.PeriodClosed: a month that would be written into is closed.
    """
    book = queries.book_of(company)
    if book is None:
        raise queries.BooksOff
    lock_ledger(company)
    known = queries.confirmations(company, [one.pk for one in documents])
    news = [one for one in documents if known.get(one.pk) != (day, how)]
    corrections.note_receipts(news, company=company, day=day, how=how, by=by, now=now)
    awaited = list(queries.awaiting_receipt(company).filter(pk__in=[one.pk for one in news]))
    corrections.move_rows([one.pk for one in news], company=company, day=day, now=now)
    planned = plan(
        [(one, snapshot_of(one)) for one in awaited],
        company=company,
        keeping=queries.keeping_of(company, book),
    )
    entries = [(pk, entry.vat) for pk, entry in planned.items() if entry.vat is not None]
    assert len(entries) == len(awaited), "a correction that waited has no tax"
    corrections.post_awaited(entries, company=company, now=now)
    return news
