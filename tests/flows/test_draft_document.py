"""One document as a draft: prefilled, edited, guarded against overwriting, overridden by those who may."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from builders.companies import NOW, a_member, a_shop
from builders.orders import a_numbered_form, for_a_company, stored, without_rate
from stragan.core.snapshot import BuyerSource, DocumentKind
from stragan.documents.actions import Author
from stragan.documents.editing import BuyerEdit, DraftEdit, LineEdit
from stragan.documents.models import Document, Draft
from stragan.documents.queries import snapshot_of
from stragan.flows import draft_document
from stragan.flows.draft_document import DraftChanged, DraftView, OrderNotFound, OverrideNotAllowed
from stragan.flows.issue_document import Issued, RefusedOrder
from stragan.kit.audit import Actor
from stragan.kit.models import AuditEvent
from stragan.orders.models import Order

pytestmark = pytest.mark.django_db
INVOICE = DocumentKind.INVOICE
LATER = NOW + timedelta(minutes=1)


def an_order(company: Any, form: dict[str, Any]) -> Order:
    order: Order = stored(a_shop(company), [form], now=NOW)[0]
    return order


def view(company: Any, order: Order) -> DraftView:
    return draft_document.view_draft(company=company, order_id=order.pk, kind=INVOICE, now=NOW)


def as_typed(shown: DraftView) -> DraftEdit:
    content, buyer = shown.content, shown.content.buyer
    fields = ("name", "street", "postal_code", "city", "country", "nip", "vat_eu", "company")
    return DraftEdit(
        issue_date=content.issue_date.isoformat(),
        supply_date=content.supply_date.isoformat() if content.supply_date else "",
        due_date="",
        buyer=BuyerEdit(**{name: getattr(buyer, name) for name in fields}),
        lines=tuple(
            LineEdit(
                origin=place,
                name=line.name,
                quantity=f"{line.quantity:f}",
                unit=line.unit,
                unit_gross=f"{line.unit_gross:f}",
                vat_code=line.vat_code or "",
            )
            for place, line in enumerate(content.lines)
        ),
        notes=content.notes,
        reason=shown.reason,
    )


def save(company: Any, shown: DraftView, edit: DraftEdit) -> DraftView:
    return draft_document.save_draft(
        company=company,
        order_id=shown.order.pk,
        kind=INVOICE,
        edit=edit,
        seen_at=shown.seen_at,
        user=None,
        now=LATER,
    )


def issue(company: Any, order: Order, *, role: str = "clerk", reason: str = "") -> Any:
    return draft_document.issue_draft(
        company=company,
        order_id=order.pk,
        kind=INVOICE,
        author=Author(user=None, actor=Actor.USER, now=LATER, asked_at=LATER),
        role=role,
        override_reason=reason,
    )


def test_looking_at_a_draft_writes_nothing(company: Any) -> None:
    shown = view(company, an_order(company, for_a_company(a_numbered_form(1))))
    assert (shown.number_to_be, shown.can_issue, shown.seen_at) == ("FV 1/11/2026", True, None)
    assert str(shown.line_views[0].net) == "32.52"
    assert not Draft.objects.for_company(company).exists()


def test_an_edit_is_kept_and_issued(company: Any) -> None:
    order = an_order(company, a_numbered_form(1))
    shown = view(company, order)
    edit = as_typed(shown)
    saved = save(company, shown, replace(edit, notes="Dziękujemy", buyer=replace(edit.buyer, name="Ż. Bąk")))
    assert {change.field for change in saved.changes} == {"notes", "buyer.name"}
    [noted] = AuditEvent.objects.across_companies().filter(verb="draft.changed")
    assert noted.facts == {"fields": ["notes", "buyer.name"]}
    outcome = issue(company, order)
    assert isinstance(outcome, Issued)
    snapshot = snapshot_of(outcome.document)
    assert (snapshot.notes, snapshot.buyer.name, snapshot.buyer.source) == (
        "Dziękujemy",
        "Ż. Bąk",
        BuyerSource.HAND,
    )
    assert not Draft.objects.for_company(company).exists()


def test_a_missing_rate_is_set_in_the_draft(company: Any) -> None:
    order = an_order(company, without_rate(a_numbered_form(1)))
    shown = view(company, order)
    assert [(one.code, one.field) for one in shown.refusals] == [("vat_missing", "lines.0.vat_code")]
    edit = as_typed(shown)
    saved = save(company, shown, replace(edit, lines=(replace(edit.lines[0], vat_code="8"), *edit.lines[1:])))
    assert saved.can_issue
    assert [line.vat_code for line in saved.content.lines] == ["8", "8"]
    assert isinstance(issue(company, order), Issued)


def test_one_rate_for_an_offer_in_many_orders(company: Any) -> None:
    orders = stored(a_shop(company), [without_rate(a_numbered_form(n)) for n in (1, 2)], now=NOW)
    count = draft_document.set_offer_rate(
        company=company,
        order_ids=[order.pk for order in orders],
        kind=INVOICE,
        offer_id="12001",
        vat_code="23",
        user=None,
        now=LATER,
    )
    assert count == 2
    assert all(view(company, order).can_issue for order in orders)


def test_what_cannot_be_read_is_told_and_the_rest_is_saved(company: Any) -> None:
    shown = view(company, an_order(company, a_numbered_form(1)))
    edit = as_typed(shown)
    lines = (replace(edit.lines[0], quantity="dwa"), *edit.lines[1:])
    saved = save(company, shown, replace(edit, lines=lines, notes="Uwaga"))
    assert [one.code for one in saved.refusals_of("lines.0.quantity")] == ["field_not_readable"]
    assert saved.content.notes == "Uwaga"


def test_nobody_overwrites_an_edit_they_have_not_seen(company: Any) -> None:
    shown = view(company, an_order(company, a_numbered_form(1)))
    save(company, shown, as_typed(shown))
    with pytest.raises(DraftChanged):
        save(company, shown, as_typed(shown))


def test_changed_amounts_need_a_reason_and_the_total_must_agree(company: Any) -> None:
    form = a_numbered_form(1, summary={"totalToPay": {"amount": "55.49", "currency": "PLN"}})
    order = an_order(company, form)
    shown = view(company, order)
    assert [one.code for one in shown.refusals] == ["total_mismatch"]
    edit = as_typed(shown)
    added = LineEdit(
        origin=None, name="Woreczek", quantity="1", unit="szt.", unit_gross="0,50", vat_code="23"
    )
    saved = save(company, shown, replace(edit, lines=(*edit.lines, added)))
    assert [one.code for one in saved.refusals] == ["reason_missing"]
    saved = save(company, saved, replace(as_typed(saved), reason="Allegro pominęło woreczek"))
    assert saved.can_issue
    assert isinstance(issue(company, order), Issued)
    event = AuditEvent.objects.across_companies().get(verb="document.issued")
    assert event.facts["reason"] == "Allegro pominęło woreczek"


def test_an_unreleased_order_is_issued_only_by_those_who_may_and_with_a_reason(company: Any) -> None:
    order = an_order(company, a_numbered_form(1, status="FILLED_IN"))
    assert view(company, order).can_override
    refused = issue(company, order)
    assert isinstance(refused, RefusedOrder)
    assert refused.refusal.code == "order_not_released"
    with pytest.raises(OverrideNotAllowed):
        issue(company, order, role="clerk", reason="Zapłacono przelewem")
    assert isinstance(issue(company, order, role="accountant", reason="Zapłacono przelewem"), Issued)


def test_the_buyer_can_be_taken_from_the_account(company: Any) -> None:
    form = a_numbered_form(1)
    form["buyer"]["lastName"] = "Konto"
    order = an_order(company, form)
    shown = draft_document.use_buyer_source(
        company=company,
        order_id=order.pk,
        kind=INVOICE,
        source=BuyerSource.ACCOUNT,
        seen_at=None,
        user=a_member(company),
        now=LATER,
    )
    assert (shown.content.buyer.name, shown.content.buyer.source) == ("Żaneta Konto", BuyerSource.ACCOUNT)


def test_a_draft_of_another_company_is_not_found(company: Any) -> None:
    from builders.companies import a_company  # noqa: PLC0415

    order = an_order(a_company(nip="1234563218", name="Obca"), a_numbered_form(1))
    with pytest.raises(OrderNotFound):
        view(company, order)


def test_a_draft_can_be_printed(company: Any) -> None:
    shown = view(company, an_order(company, a_numbered_form(1)))
    printed = draft_document.draft_pdf(shown, now=NOW)
    assert printed is not None
    assert printed.startswith(b"%PDF")
    assert not Document.objects.for_company(company).exists()


def test_the_date_of_the_draft_is_the_date_of_the_document(company: Any) -> None:
    order = an_order(company, a_numbered_form(1))
    shown = view(company, order)
    save(company, shown, replace(as_typed(shown), issue_date="2026-11-21"))
    assert issue(company, order).document.issue_date == date(2026, 11, 21)
