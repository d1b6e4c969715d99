"""What a person types into a draft: numbers as people write them, errors beside fields, reasons."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from builders.orders import a_line, a_service, an_order
from stragan.core.snapshot import BuyerSource, DocumentKind, LineKind, VatSource
from stragan.documents.comparing import amounts_changed, changes_between
from stragan.documents.content import DraftContent, SellerProfile
from stragan.documents.drafting import draft_from_order
from stragan.documents.editing import BuyerEdit, DraftEdit, LineEdit, edited

PAYER = SellerProfile(vat_payer=True)


def a_content(**changes: Any) -> DraftContent:
    return draft_from_order(
        an_order(**changes),
        profile=PAYER,
        buyer_source=BuyerSource.DELIVERY,
        kind=DocumentKind.INVOICE,
        issue_date=date(2026, 11, 23),
    )


def as_typed(content: DraftContent, **changes: Any) -> DraftEdit:
    buyer = content.buyer
    edit = DraftEdit(
        issue_date=content.issue_date.isoformat(),
        supply_date=content.supply_date.isoformat() if content.supply_date else "",
        due_date="",
        buyer=BuyerEdit(
            name=buyer.name,
            street=buyer.street,
            postal_code=buyer.postal_code,
            city=buyer.city,
            country=buyer.country,
            nip=buyer.nip,
            vat_eu=buyer.vat_eu,
            company=buyer.company,
        ),
        lines=tuple(
            LineEdit(
                origin=place,
                name=line.name,
                quantity=f"{line.quantity:f}",
                unit=line.unit,
                unit_gross=f"{line.unit_gross:f}".replace(".", ","),
                discount="",
                vat_code=line.vat_code or "",
            )
            for place, line in enumerate(content.lines)
        ),
        notes=content.notes,
        reason="",
    )
    return replace(edit, **changes)


def with_line(edit: DraftEdit, place: int, **changes: Any) -> DraftEdit:
    lines = list(edit.lines)
    lines[place] = replace(lines[place], **changes)
    return replace(edit, lines=tuple(lines))


def test_a_form_sent_back_as_it_was_changes_nothing() -> None:
    content = a_content(lines=(a_line(services=(a_service(),)),))
    new, refusals = edited(content, as_typed(content), profile=PAYER)
    assert (new, refusals) == (content, [])
    assert changes_between(content, new) == ()


@pytest.mark.parametrize("typed", ["1 234,50", "1234.5", "1\u00a0234,50"])
def test_amounts_are_read_as_people_write_them(typed: str) -> None:
    content = a_content()
    new, refusals = edited(content, with_line(as_typed(content), 0, unit_gross=typed), profile=PAYER)
    assert (new.lines[0].unit_gross, refusals) == (Decimal("1234.50"), [])


@pytest.mark.parametrize(
    ("changes", "field", "code"),
    [
        ({"unit_gross": "abc"}, "lines.0.unit_gross", "field_not_readable"),
        ({"unit_gross": "1,234"}, "lines.0.unit_gross", "field_not_readable"),
        ({"unit_gross": "-1"}, "lines.0.unit_gross", "amount_negative"),
        ({"unit_gross": "NaN"}, "lines.0.unit_gross", "field_not_readable"),
        ({"quantity": "0"}, "lines.0.quantity", "quantity_not_positive"),
        ({"name": "  "}, "lines.0.name", "line_name_missing"),
    ],
)
def test_what_cannot_be_read_is_said_beside_its_field(changes: dict[str, str], field: str, code: str) -> None:
    content = a_content()
    new, [refusal] = edited(content, with_line(as_typed(content), 0, **changes), profile=PAYER)
    assert (refusal.field, refusal.code) == (field, code)
    assert new.lines[0].name == "Kubek emaliowany"


def test_a_rate_set_by_hand_is_followed_by_service_and_delivery_and_needs_no_reason() -> None:
    lines = (a_line(vat_rate=None, services=(a_service(),)), a_line(line_id="2", offer_id="9"))
    content = a_content(lines=lines)
    new, _ = edited(content, with_line(as_typed(content), 0, vat_code="8"), profile=PAYER)
    assert [(line.kind, line.vat_code) for line in new.lines] == [
        (LineKind.GOODS, "8"),
        (LineKind.GOODS, "23"),
        (LineKind.SERVICE, "8"),
        (LineKind.DELIVERY, "23"),
        (LineKind.DELIVERY, "8"),
    ]
    assert (new.lines[0].vat_source, new.lines[0].trouble) == (VatSource.HAND, None)
    assert sum(line.gross for line in new.lines if line.kind is LineKind.DELIVERY) == Decimal("14.99")
    assert not amounts_changed(changes_between(content, new))


@pytest.mark.parametrize(
    "edit",
    [
        lambda edit: with_line(edit, 0, unit_gross="39,00"),
        lambda edit: with_line(edit, 1, unit_gross="10,00"),
        lambda edit: replace(edit, lines=edit.lines[1:]),
        lambda edit: replace(
            edit,
            lines=(
                *edit.lines,
                LineEdit(origin=None, name="Kaucja", quantity="1", unit="szt.", unit_gross="0,50"),
            ),
        ),
    ],
)
def test_other_amounts_than_on_allegro_need_a_reason(edit: Any) -> None:
    content = a_content()
    new, refusals = edited(content, edit(as_typed(content)), profile=PAYER)
    assert refusals == []
    assert amounts_changed(changes_between(content, new))


def test_a_corrected_buyer_is_a_buyer_by_hand() -> None:
    content = a_content()
    edit = as_typed(content)
    new, _ = edited(content, replace(edit, buyer=replace(edit.buyer, postal_code="00950")), profile=PAYER)
    assert (new.buyer.postal_code, new.buyer.source) == ("00-950", BuyerSource.HAND)
    assert [change.field for change in changes_between(content, new)] == ["buyer.postal_code"]


def test_a_document_without_lines_is_refused() -> None:
    content = a_content()
    new, [refusal] = edited(content, as_typed(content, lines=()), profile=PAYER)
    assert (refusal.code, new.lines) == ("lines_missing", content.lines)
