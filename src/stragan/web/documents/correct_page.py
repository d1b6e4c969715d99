"""The form of a correction: what was typed, read line by line, and the sums that follow from it."""

import re
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from django.http import QueryDict
from django.utils.translation import gettext as _

from stragan.companies.models import Company
from stragan.core.money import ZERO
from stragan.core.snapshot import DocumentKind, SnapshotLine
from stragan.documents.changes import Proposal
from stragan.documents.content import Refusal, SellerProfile
from stragan.documents.correcting import Correction, LineChange
from stragan.documents.drafting import allowed_codes
from stragan.documents.queries import number_to_be
from stragan.flows.correct_document import Chain, Wish, invoice_to, planned
from stragan.kit.fields import plain_quantity
from stragan.kit.messages import text_of
from stragan.web.documents import words
from stragan.web.documents.draft_form import decimal_text

_SPACES: Final = re.compile(r"\s+")


@dataclass(slots=True, kw_only=True)
class Form:
    """What was typed, by field; ``changes`` is what could be read of it."""

    texts: dict[str, str]
    reason: str
    issue_date: date
    changes: list[LineChange] = field(default_factory=list)
    errors: list[Refusal] = field(default_factory=list)

    def wish(self, company: Company, *, document_id: int, today: date) -> Wish:
        """What the form asks for."""
        return Wish(
            company=company,
            document_id=document_id,
            reason=self.reason,
            today=today,
            changes=tuple(self.changes),
            issue_date=self.issue_date,
        )


def read(post: QueryDict, *, chain: Chain, today: date, to_zero: bool) -> Form:
    """Read the sent form; without one, or with everything to zero, fill it in."""
    form = Form(texts={}, reason=post.get("reason", "").strip(), issue_date=today)
    if post.get("issue_date"):
        try:
            form.issue_date = date.fromisoformat(str(post["issue_date"]))
        except ValueError:
            form.errors.append(Refusal(code="field_not_readable", params={}, field="issue_date"))
    for line in chain.state.lines:
        form.texts |= _texts(line, post, to_zero=to_zero)
        _read_line(line, form)
    return form


def filled_in(chain: Chain, proposal: Proposal) -> QueryDict:
    """Give what would be sent by somebody who typed the proposal in."""
    typed = QueryDict(mutable=True)
    typed["reason"] = proposal.reason
    for line in chain.state.lines if proposal.to_zero else ():
        typed[f"quantity.{line.position}"] = "0"
    for change in proposal.changes:
        if change.quantity is not None:
            typed[f"quantity.{change.position}"] = decimal_text(plain_quantity(change.quantity))
        if change.unit_gross is not None:
            typed[f"price.{change.position}"] = decimal_text(change.unit_gross)
        if change.vat_code is not None:
            typed[f"vat.{change.position}"] = change.vat_code
    return typed


def context(chain: Chain, form: Form, *, company: Company, today: date, deed: str) -> dict[str, Any]:
    """Everything the form's template shows."""
    outcome = planned(chain, wish=form.wish(company, document_id=chain.root.pk, today=today))
    errors = [*form.errors, *([outcome] if isinstance(outcome, Refusal) else [])]
    plan = None if isinstance(outcome, Refusal) else outcome
    fields = {error.field for error in errors}
    profile = SellerProfile(
        vat_payer=chain.original.seller.vat_payer, exemption_basis=chain.original.exemption_basis
    )
    after = {line.position: line for line in plan.after.lines} if plan else {}
    invoice = invoice_to(chain.root, company=company)
    return {
        "root": chain.root,
        "to_receipt": chain.original.to_receipt,
        "invoice": invoice.root if invoice else None,
        "number_to_be": number_to_be(company, kind=DocumentKind.CORRECTION, issue_date=form.issue_date),
        "rows": [_row(line, after.get(line.position, line), form, fields) for line in chain.state.lines],
        "codes": [{"code": code, "label": words.vat_label(code)} for code in _codes(chain, profile)],
        "sums": _sums(chain, plan),
        "shows_vat": profile.vat_payer,
        "deposit": plan.sums.deposit if plan else ZERO,
        "due": abs(plan.sums.to_pay) if plan else ZERO,
        "due_label": _due_label(plan),
        "currency": chain.original.currency,
        "reason": form.reason,
        "wrong_reason": "reason" in fields,
        "reasons": [_("return of goods"), _("discount after the sale"), _("mistake in quantity or price")],
        "issue_date": form.issue_date,
        "errors": _said(errors) if deed == "issue" or form.errors else [],
        "what": _what(plan),
    }


def _texts(line: SnapshotLine, post: QueryDict, *, to_zero: bool) -> dict[str, str]:
    place = line.position
    known = {
        f"quantity.{place}": decimal_text(plain_quantity(line.quantity)),
        f"price.{place}": decimal_text(line.unit_gross),
        f"vat.{place}": line.vat_code,
    }
    texts = {name: post.get(name, value) for name, value in known.items()}
    return texts | {f"quantity.{place}": "0"} if to_zero else texts


def _read_line(line: SnapshotLine, form: Form) -> None:
    place = line.position
    quantity = _number(form, f"quantity.{place}")
    price = _number(form, f"price.{place}")
    typed = form.texts[f"vat.{place}"]
    code = typed if typed != line.vat_code else None
    # Every line is named: what stands in the form is what is meant, delivery too.
    form.changes.append(LineChange(position=place, quantity=quantity, unit_gross=price, vat_code=code))


def _number(form: Form, name: str) -> Decimal | None:
    text = _SPACES.sub("", form.texts[name]).replace(",", ".")
    try:
        value = Decimal(text)
    except InvalidOperation:
        value = Decimal("NaN")
    if value.is_finite() and value >= 0:
        return value
    form.errors.append(Refusal(code="field_not_readable", params={}, field=name))
    return None


def _row(before: SnapshotLine, after: SnapshotLine, form: Form, fields: set[str]) -> dict[str, Any]:
    place = before.position
    return {
        "line": before,
        "quantity": form.texts[f"quantity.{place}"],
        "price": form.texts[f"price.{place}"],
        "vat": form.texts[f"vat.{place}"],
        "difference": after.gross - before.gross,
        "is_changed": before != after,
        "wrong_quantity": f"quantity.{place}" in fields,
        "wrong_price": f"price.{place}" in fields,
    }


def _codes(chain: Chain, profile: SellerProfile) -> list[str]:
    used = [line.vat_code for line in chain.state.lines]
    return list(dict.fromkeys([*allowed_codes(profile), *used]))


def _sums(chain: Chain, plan: Correction | None) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = [{"label": _("Before"), "sums": chain.state.sums}]
    if plan is not None:
        rows.append({"label": _("After"), "sums": plan.after.sums})
        rows.append({"label": _("Difference"), "sums": plan.sums, "is_difference": True})
    return rows


def _due_label(plan: Correction | None) -> str:
    amount = plan.sums.to_pay if plan else ZERO
    if amount < 0:
        return _("To return to the buyer")
    return _("To be paid in addition") if amount > 0 else _("The amount stays the same")


def _what(plan: Correction | None) -> str:
    if plan is None or plan.changes_nothing:
        return _("Nothing changes yet.")
    if plan.after.is_zero:
        return _("Nothing of the document is left: the order will wait for a new one.")
    return _("Stock and registers follow the difference.")


def _said(errors: list[Refusal]) -> list[dict[str, str]]:
    return [{"field": error.field, "text": text_of(error.code, error.params)} for error in errors]
