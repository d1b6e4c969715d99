"""What stands around an issued document: its chain, orders, void, stock, registers, history, neighbors."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from stragan.books.queries import awaiting_receipt
from stragan.companies.models import Company, User
from stragan.companies.queries import name_of
from stragan.core.snapshot import Corrected
from stragan.documents import queries
from stragan.documents.models import Document, OrderDocument
from stragan.documents.states import LinkEnd, LinkOrigin
from stragan.flows import book_effects
from stragan.flows.correct_document import Chain, chain_of, correction_refusal
from stragan.flows.link_document import document_refusal
from stragan.flows.void_document import void_refusal
from stragan.kit.messages import text_of
from stragan.kit.models import AuditEvent
from stragan.warehouse.queries import moves_of_documents
from stragan.web.documents import words
from stragan.web.documents.filtering import DocumentFilter, neighbors
from stragan.web.shell import show

HISTORY_SHOWN: Final = 30

DEEDS: Final[dict[str, tuple[str, str | Promise]]] = {
    "document.issued": ("file-invoice", _("Issued")),
    "document.corrected": ("file-diff", _("Corrected by %(by)s")),
    "document.voided": ("circle-x", _("Voided: %(reason)s")),
    "document.linked": ("link", _("Linked to order %(order)s")),
    "books.correction_received": ("mail", _("Receipt by the buyer confirmed on %(day)s")),
    "document.unlinked": ("unlink", _("Unlinked from order %(order)s: %(reason)s")),
}
ENDS: Final[dict[str, str | Promise]] = {
    LinkEnd.VOIDED: pgettext_lazy("document", "voided"),
    LinkEnd.CORRECTED: pgettext_lazy("document", "corrected to zero"),
    LinkEnd.UNLINKED: pgettext_lazy("document", "unlinked"),
}


_PAGES: Final = {"vat": "books:vat"}  # the other registers are books of revenue


@dataclass(frozen=True, slots=True, kw_only=True)
class Deed:
    """One line of a document's history."""

    at: datetime
    icon: str
    text: str
    who: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Linked:
    """An order that has or had the document."""

    order_id: int
    number: int
    is_current: bool
    by_hand: bool
    end: str
    at: datetime
    link_id: int


def context(document: Document, *, company: Company, wanted: DocumentFilter) -> dict[str, Any]:
    """Everything around *document* that its page shows; *wanted* is the list it was opened from."""
    chain = chain_of(document, company=company)
    void = queries.void_of(document)
    refusal = correction_refusal(chain) if void is None else None
    blocked = void_refusal(document, company=company) if void is None else None
    posted = book_effects.recall([document.pk], company=company)
    return {
        "void": void,
        "void_by": name_of(void.by) if void else "",
        "root": chain.root,
        "is_correction": document.corrects_id is not None,
        "corrections": [_correction(one) for one in chain.corrections],
        "is_zero": bool(chain.corrections) and chain.state.is_zero,
        "after": chain.state.sums if chain.corrections else None,
        "may_correct": void is None and refusal is None and not _is_settled(chain),
        "may_void": void is None and blocked is None,
        "void_blocked": text_of(blocked.code, blocked.params) if blocked else "",
        "made_from": queries.document_by_id(company, document.converted_from_id)
        if document.converted_from_id
        else None,
        "became": queries.conversions_of(document),
        "may_link": document_refusal(document, company=company) is None,
        "links": linked_orders(document, company=company),
        "stock": moves_of_documents(company, [document.pk]),
        "books": [
            {
                "entry": entry,
                "label": words.BOOKS.get(entry.register, entry.register),
                "url": f"{reverse(_PAGES.get(entry.register, 'books:revenue'))}?period={entry.period}",
            }
            for entry in posted.get(document.pk, ())
        ],
        "awaits_receipt": awaiting_receipt(company).filter(pk=document.pk).exists(),
        "history": history_of(document, company=company),
        **_place(document, company=company, wanted=wanted),
    }


def groups_of(corrected: Corrected) -> list[dict[str, Any]]:
    """Give the changed lines of a correction with their states before and after, and the difference."""
    return [
        {
            "before": old,
            "after": new,
            "vat_before": words.vat_label(old.vat_code),
            "vat_after": words.vat_label(new.vat_code),
            "quantity": new.quantity - old.quantity,
            "price": new.unit_gross - old.unit_gross,
            "gross": new.gross - old.gross,
        }
        for old, new in zip(corrected.before, corrected.after, strict=True)
        if old != new
    ]


def linked_orders(document: Document, *, company: Company) -> list[Linked]:
    """Give the orders that have the document, then those that had it."""
    rows = (
        OrderDocument.objects.for_company(company)
        .filter(document_id=document.pk)
        .select_related("order")
        .order_by("id")
    )
    found = [
        Linked(
            order_id=row.order_id,
            number=row.order.number,
            is_current=row.ended_at is None,
            by_hand=row.origin == LinkOrigin.LINKED,
            end=str(ENDS.get(row.end_code, row.end_code)),
            at=row.ended_at or row.at,
            link_id=row.pk,
        )
        for row in rows
    ]
    return sorted(found, key=lambda one: not one.is_current)


def history_of(document: Document, *, company: Company) -> list[Deed]:
    """Tell what was done with the document, newest first."""
    rows = list(
        AuditEvent.objects.for_company(company)
        .filter(subject="document", subject_id=document.pk)
        .order_by("-id")
        .values_list("at", "verb", "facts", "user_id", "actor")[:HISTORY_SHOWN]
    )
    people = User.objects.in_bulk([user_id for _at, _verb, _facts, user_id, _actor in rows if user_id])
    found = []
    for at, verb, facts, user_id, actor in rows:
        icon, text = DEEDS.get(verb, ("circle", verb))
        said = {"by": "", "reason": "", "order": "", **facts}
        if verb == "books.correction_received":
            said["day"] = show.day(date.fromisoformat(facts["day"]))
        who = name_of(people.get(user_id or 0)) or ("stragan" if actor == "command" else "")
        found.append(Deed(at=at, icon=icon, text=str(text) % said, who=who))
    return found


def _is_settled(chain: Chain) -> bool:
    return bool(chain.corrections) and chain.state.is_zero


def _correction(document: Document) -> dict[str, Any]:
    return {
        "number": document.number,
        "public_id": document.public_id,
        "day": document.issue_date,
        "to_pay": document.to_pay,
    }


def _place(document: Document, *, company: Company, wanted: DocumentFilter) -> dict[str, str]:
    """Addresses of the list it was opened from and of the documents beside it there."""
    before, after = neighbors(company, wanted, document)
    tail = wanted.tail
    return {
        "list_url": f"{reverse('documents:list')}{tail}",
        "before_url": _url(before, tail),
        "after_url": _url(after, tail),
    }


def _url(public_id: UUID | None, tail: str) -> str:
    return f"{reverse('documents:detail', args=[public_id])}{tail}" if public_id else ""
