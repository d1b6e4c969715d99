"""Registers are documents, to the grosz: whatever is issued, corrected, voided, repeated or posted later."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from hypothesis import example, given, settings
from hypothesis import strategies as st

from builders.book_keeping import AUTHOR, Firm, a_correction, a_sale
from builders.companies import NOW, a_company
from builders.soaking import examples
from stragan.books import totals
from stragan.books.models import RevenueRow, VatRow
from stragan.books.queries import awaiting_receipt, posted_ids
from stragan.books.register import fields_of, rates_of, vat_lines
from stragan.books.states import Confirmation, Register, RowType, period_of
from stragan.companies.models import Company
from stragan.core.money import ZERO
from stragan.core.snapshot import (
    DocumentKind,
    FiscalReceipt,
    KsefState,
    RateTotal,
    SupplyKind,
)
from stragan.documents.models import Document, DocumentVoid
from stragan.flows import book_checks, book_effects, book_past
from stragan.flows.confirm_receipt import confirm_receipt

pytestmark = pytest.mark.django_db
FIRST_DAY = date(2026, 9, 1)
NEVER = date.max
MOST_LINES = 4
CODES = ("23", "8", "5", "0", "zw")


amounts = st.integers(min_value=1, max_value=200_000).map(lambda minor: Decimal(minor).scaleb(-2))
lines_of_a_sale = st.lists(st.tuples(st.sampled_from(CODES), amounts), min_size=1, max_size=MOST_LINES)
steps = st.lists(
    st.tuples(
        st.sampled_from(
            ["invoice", "receipt", "other_income", "offer", "fiscal", "correct", "receive", "void", "repeat"]
        ),
        lines_of_a_sale,
        st.integers(min_value=0, max_value=80),
        st.booleans(),
    ),
    min_size=1,
    max_size=12,
)


def live_out(firm: Firm, story: list[Any], *, posts: bool) -> dict[int, date]:
    """Live through a story; with *posts* off documents are only stored, as where no books are kept.

    Gives the day each correction was received, by its id.
    """
    put = firm.issue if posts else firm.store
    voided: set[int] = set()
    received: dict[int, date] = {}
    for deed, lines, days, is_paid_before in story:
        day = FIRST_DAY + timedelta(days=days)
        open_ones = [
            (document, said)
            for document, said in firm.documents
            if document.pk not in voided and document.corrects_id is None
        ]
        if deed in {"invoice", "receipt", "other_income", "offer"}:
            supply = day - timedelta(days=3) if is_paid_before else None
            kind = SupplyKind.PAYMENT if supply else None
            ksef = KsefState.NOT_SENT if len(lines) == MOST_LINES else KsefState.OUTSIDE
            made = a_sale(DocumentKind(deed), lines, issue_date=day, supply_date=supply, supply_kind=kind)
            put(replace(made, ksef=ksef))
        elif deed == "fiscal":
            receipt = FiscalReceipt(number="W1/1", register_id="ABC", date=day)
            put(a_sale(DocumentKind.RECEIPT, lines, issue_date=day, fiscal_receipt=receipt))
        elif deed == "correct" and open_ones:
            document, said = open_ones[days % len(open_ones)]
            if said.kind is DocumentKind.OFFER:
                continue
            chain = [one for one in firm.documents if one[0].corrects_id == document.pk]
            latest = chain[-1][1] if chain else said
            put(a_correction(latest, lines if is_paid_before else lines[:1], on=day), corrects=document)
        elif deed == "receive" and posts:
            waiting = list(awaiting_receipt(firm.company))
            chosen = waiting[: days % 3]
            on = max([day, *(one.issue_date for one in chosen)])
            confirm_receipt(
                chosen, company=firm.company, day=on, how=Confirmation.REPLY, by=firm.boss, now=NOW
            )
            received |= {one.pk: on for one in chosen}
        elif deed == "void" and open_ones:
            document, _ = open_ones[days % len(open_ones)]
            if any(one.corrects_id == document.pk for one, _ in firm.documents):
                continue
            voided.add(document.pk)
            firm.void(document)
        elif deed == "repeat" and open_ones and posts:
            refuses_to_post_again(firm, open_ones[0][0])
    return received


def refuses_to_post_again(firm: Firm, document: Document) -> None:
    if posted_ids(firm.company, [document.pk]):
        with pytest.raises(IntegrityError), transaction.atomic():
            book_effects.apply([firm.posted(document)], company=firm.company, author=AUTHOR)


def said_by_documents(
    firm: Firm, received: Mapping[int, date]
) -> tuple[dict[tuple[str, str], RateTotal], dict[str, Decimal]]:
    """What the registers must hold: VAT per month and rate by its date, revenue per month by its own."""
    voided = set(DocumentVoid.objects.for_company(firm.company).values_list("document_id", flat=True))
    by_id = {document.pk: said for document, said in firm.documents}
    vat: dict[tuple[str, str], RateTotal] = {}
    revenue: dict[str, Decimal] = defaultdict(lambda: ZERO)
    for document, said in firm.documents:
        original = by_id[document.corrects_id] if document.corrects_id else said
        is_fiscal = original.fiscal_receipt is not None and said.corrected is None
        if document.pk in voided or said.kind is DocumentKind.OFFER or is_fiscal:
            continue
        day = said.issue_date if said.corrected else said.supply_date or said.issue_date
        is_in_minus = said.corrected is not None and said.vat < ZERO
        if is_in_minus and original.kind is DocumentKind.INVOICE and said.ksef is KsefState.OUTSIDE:
            day = received.get(document.pk, NEVER)
        for rate in said.rates if day != NEVER else ():
            key = (period_of(day), rate.code)
            old = vat.get(key, RateTotal(code=rate.code, net=ZERO, vat=ZERO, gross=ZERO))
            vat[key] = RateTotal(
                code=rate.code, net=old.net + rate.net, vat=old.vat + rate.vat, gross=old.gross + rate.gross
            )
        revenue[period_of(said.issue_date)] += said.net
    return (
        {key: rate for key, rate in vat.items() if rate.net or rate.vat},
        {period: amount for period, amount in revenue.items() if amount},
    )


def said_by_registers(company: Company) -> tuple[dict[tuple[str, str], RateTotal], dict[str, Decimal]]:
    """The same, read from the rows."""
    vat: dict[tuple[str, str], RateTotal] = {}
    for row in VatRow.objects.for_company(company).exclude(type=RowType.FP):
        for rate in rates_of(fields_of(row)):
            key = (row.period, rate.code)
            old = vat.get(key, RateTotal(code=rate.code, net=ZERO, vat=ZERO, gross=ZERO))
            vat[key] = RateTotal(
                code=rate.code, net=old.net + rate.net, vat=old.vat + rate.vat, gross=old.gross + rate.gross
            )
    revenue: dict[str, Decimal] = defaultdict(lambda: ZERO)
    for entry in RevenueRow.objects.for_company(company):
        revenue[entry.period] += entry.amount or ZERO
    return (
        {key: rate for key, rate in vat.items() if rate.net or rate.vat},
        {period: amount for period, amount in revenue.items() if amount},
    )


def assert_sums_are_rows(company: Company, book: Register) -> None:
    """The sums per day, and what pages and files read, say what the rows say."""
    vat, revenue = said_by_registers(company)
    for period in {period for period, _ in vat} | set(revenue) | {"2026-09"}:
        found = totals.vat_totals(company, [period])
        rates = {rate.code: rate for rate in rates_of(dict(found.fields))}
        assert rates == {code: rate for (month, code), rate in vat.items() if month == period}
        assert totals.revenue_totals(company, book, [period]).amount == revenue.get(period, ZERO)
        listed: Mapping[str, Decimal] = defaultdict(lambda: ZERO)
        for line in vat_lines(company, period):
            for rate in line.rates:
                listed[rate.code] += rate.gross  # type: ignore[index]  # a defaultdict
        gross = {code: rate.gross for (month, code), rate in vat.items() if month == period}
        assert {code: amount for code, amount in listed.items() if amount} == {
            code: amount for code, amount in gross.items() if amount
        }


@contextmanager
def undone() -> Iterator[None]:
    """Take back what an example wrote, also when it fails."""
    sid = transaction.savepoint()
    try:
        yield
    finally:
        transaction.savepoint_rollback(sid)


# A receipt of a cash register has no row of its own: its corrections start from the report's amount.
TWICE_CORRECTED = [
    ("fiscal", [("23", Decimal("0.01"))], 0, False),
    ("correct", [("23", Decimal("0.02"))], 0, False),
    ("correct", [("23", Decimal("0.01"))], 0, False),
]


# The tax of one grosz goes down and the net stays: nothing is written but that it waits.
ONLY_TAX = [
    ("invoice", [("23", Decimal("0.03"))], 0, False),
    ("correct", [("23", Decimal("0.02"))], 0, False),
]


@example(story=TWICE_CORRECTED, book=Register.RYCZALT)
@example(story=ONLY_TAX, book=Register.RYCZALT)
@example(story=[*ONLY_TAX, ("receive", [], 70, False)], book=Register.KPIR)
@settings(max_examples=examples(25))
@given(story=steps, book=st.sampled_from([Register.KPIR, Register.RYCZALT]))
def test_registers_are_documents_to_the_grosz(story: list[Any], book: Register) -> None:
    with undone():
        firm = Firm(company=a_company(books=book.value))
        received = live_out(firm, story, posts=True)
        assert said_by_registers(firm.company) == said_by_documents(firm, received)
        assert_sums_are_rows(firm.company, book)
        for period in ("2026-08", "2026-09", "2026-10", "2026-11"):
            assert book_checks.difference(firm.company, period, book=book).is_none


@example(story=TWICE_CORRECTED, book=Register.RYCZALT)
@example(story=ONLY_TAX, book=Register.RYCZALT)
@settings(max_examples=examples(15))
@given(story=steps, book=st.sampled_from([Register.KPIR, Register.RYCZALT]))
def test_the_past_posted_later_is_what_issuing_would_have_posted(story: list[Any], book: Register) -> None:
    with undone():
        firm = Firm(company=a_company(books="none"))
        live_out(firm, story, posts=False)
        firm.company.books = book.value
        firm.company.save(update_fields=["books"])
        foreseen = book_past.preview(firm.company, book=book)
        for _ in range(2):  # the second time nothing is left to do
            run = book_past.start(firm.company, by=firm.boss, now=NOW, asked_at=NOW)
            book_past.work(run_id=run.pk, clock=lambda: NOW)
            book_past.work(run_id=run.pk, clock=lambda: NOW)
        assert said_by_registers(firm.company) == said_by_documents(firm, {})
        assert_sums_are_rows(firm.company, book)
        waiting = list(awaiting_receipt(firm.company))
        assert sum((one.vat or ZERO for one in waiting), ZERO) == sum((one.awaited for one in foreseen), ZERO)
        confirm_receipt(
            waiting, company=firm.company, day=NOW.date(), how=Confirmation.REPLY, by=firm.boss, now=NOW
        )
        received = {one.pk: NOW.date() for one in waiting}
        assert said_by_registers(firm.company) == said_by_documents(firm, received)
        assert_sums_are_rows(firm.company, book)
