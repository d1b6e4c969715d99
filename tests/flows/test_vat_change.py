"""A sale of the time before the VAT status changed: told in the draft, in the preview and by the command."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from django.utils.translation import override

from builders.companies import NOW, a_member, a_shop
from builders.issuing import an_author
from builders.orders import a_numbered_form, stored
from builders.paper import a_wish
from stragan.books.actions.months import close_month
from stragan.companies.models import VatStatus
from stragan.core.snapshot import DocumentKind
from stragan.flows import draft_document
from stragan.flows.issue_document import Issued, WouldIssue, issue_documents, preview_documents
from stragan.flows.issue_many import prepare_run
from stragan.kit.messages import text_of

pytestmark = pytest.mark.django_db
BASIS = "art. 113 ust. 1 ustawy o VAT"
LEFT, CAME = "vat_due_before_exemption", "vat_not_due_before_registration"


def an_order(company: Any) -> Any:
    """Paid on 22 November."""
    form = a_numbered_form(1)
    form["payment"]["finishedAt"] = "2026-11-22T10:00:00Z"
    [order] = stored(a_shop(company), [form], now=NOW)
    return order


def changed(company: Any, *, since: date, vat_payer: bool) -> None:
    basis = "" if vat_payer else BASIS
    VatStatus.objects.for_company(company).create(
        company=company, since=since, vat_payer=vat_payer, exemption_basis=basis
    )


def codes(found: Any) -> list[str]:
    return [one.code for one in found.warnings]


def test_a_sale_before_the_exemption_is_told_wherever_one_looks(company: Any) -> None:
    order = an_order(company)
    changed(company, since=date(2026, 11, 23), vat_payer=False)
    kind = DocumentKind.INVOICE
    draft = draft_document.view_draft(company=company, order_id=order.pk, kind=kind, now=NOW)
    assert (codes(draft), draft.can_issue, draft.vat_payer) == ([LEFT], True, False)
    with override("pl"):
        assert "22.11.2026" in text_of(draft.warnings[0].code, draft.warnings[0].params)
    run = prepare_run(
        company=company, order_ids=[order.pk], kind=kind, issue_date=NOW.date(), user=None, now=NOW
    )
    assert run.foreseen["warnings"] == {LEFT: 1}
    [seen] = preview_documents([order.pk], wish=a_wish(company))
    assert isinstance(seen, WouldIssue)
    assert codes(seen) == [LEFT]
    [issued] = issue_documents([order.pk], wish=a_wish(company), author=an_author())
    assert isinstance(issued, Issued)
    assert (codes(issued), str(issued.snapshot.vat)) == ([LEFT], "0.00")


def test_a_sale_before_the_registration_is_told_too(company: Any) -> None:
    order = an_order(company)
    company.vat_payer, company.vat_exemption_basis = False, BASIS
    company.save()
    changed(company, since=date(2026, 11, 23), vat_payer=True)
    [seen] = preview_documents([order.pk], wish=a_wish(company))
    assert isinstance(seen, WouldIssue)
    assert codes(seen) == [CAME]


def test_nothing_is_told_of_papers_nor_of_a_sale_under_the_same_status(company: Any) -> None:
    order = an_order(company)
    changed(company, since=date(2026, 11, 22), vat_payer=False)
    [seen] = preview_documents([order.pk], wish=a_wish(company))
    assert isinstance(seen, WouldIssue)
    assert codes(seen) == []
    VatStatus.objects.for_company(company).update(since=date(2026, 11, 23))
    paper = replace(a_wish(company), kind=DocumentKind.PRO_FORMA)
    [seen] = preview_documents([order.pk], wish=paper)
    assert isinstance(seen, WouldIssue)
    assert codes(seen) == []


def test_a_sale_of_a_month_that_is_closed_is_told_before_its_vat_moves_on(company: Any) -> None:
    company.books = "kpir"
    company.save()
    form = a_numbered_form(1)
    form["payment"]["finishedAt"] = "2026-10-31T10:00:00Z"
    [order] = stored(a_shop(company), [form], now=NOW)
    [open_month] = preview_documents([order.pk], wish=a_wish(company))
    assert isinstance(open_month, WouldIssue)
    assert codes(open_month) == []
    close_month(company=company, registers=["vat"], period="2026-10", by=a_member(company), now=NOW)
    [seen] = preview_documents([order.pk], wish=a_wish(company))
    assert isinstance(seen, WouldIssue)
    assert codes(seen) == ["vat_month_closed"]
    assert [(row.register, row.period) for row in seen.consequences.books][:1] == [("vat", "2026-11")]
    with override("pl"):
        assert "10/2026" in text_of(seen.warnings[0].code, seen.warnings[0].params)
    kind = DocumentKind.INVOICE
    draft = draft_document.view_draft(company=company, order_id=order.pk, kind=kind, now=NOW)
    assert (codes(draft), draft.can_issue) == (["vat_month_closed"], True)
    run = prepare_run(
        company=company, order_ids=[order.pk], kind=kind, issue_date=NOW.date(), user=None, now=NOW
    )
    assert run.foreseen["warnings"] == {"vat_month_closed": 1}
