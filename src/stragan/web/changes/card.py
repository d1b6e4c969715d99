"""The card on an order's and a document's page: what changed since, the proposed deed, the way to it."""

from dataclasses import dataclass
from datetime import datetime

from stragan.companies.models import Company
from stragan.companies.states import Ability, may
from stragan.documents.changes import Deed, weightiest
from stragan.flows.change_radar import Examined
from stragan.flows.void_document import void_refusal
from stragan.web.changes import words
from stragan.web.changes.words import Line, Step


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """A document of the order with what changed about it."""

    number: str
    public_id: str
    lines: tuple[Line, ...]
    step: Step | None
    may_void: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """Everything the card shows. ``lines`` are changes that concern no document."""

    order_id: int
    order_number: int
    since: datetime
    papers: tuple[Paper, ...]
    lines: tuple[Line, ...]
    reasons: tuple[str, ...]
    may_act: bool


def card_of(company: Company, examined: Examined | None, *, role: str) -> Card | None:
    """Make the card; None where nothing waits."""
    if examined is None:
        return None
    order = examined.order
    currency = order.currency
    papers = []
    for document in examined.documents:
        found = [one for one in examined.found if one.paper == document.pk]
        if not found:
            continue
        deed = weightiest(found)
        ends = deed in {Deed.TO_ZERO, Deed.ANEW, Deed.DATA}
        papers.append(
            Paper(
                number=document.number,
                public_id=str(document.public_id),
                lines=tuple(words.line_of(one, currency=currency) for one in found),
                step=words.step_of(deed, order_id=order.pk, document=document.public_id),
                may_void=ends and void_refusal(document, company=company) is None,
            )
        )
    lines = tuple(words.line_of(one, currency=currency) for one in examined.found if not one.paper)
    every = [line for paper in papers for line in paper.lines] + list(lines)
    return Card(
        order_id=order.pk,
        order_number=order.number,
        since=examined.row.found_at,
        papers=tuple(papers),
        lines=lines,
        reasons=tuple(words.reasons_of(every)),
        may_act=may(role, Ability.UNDO_DOCUMENTS),
    )
