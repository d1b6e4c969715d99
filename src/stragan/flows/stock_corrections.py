"""Goods follow a correction by the difference: what is given back comes in, what is added goes out."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

from stragan.companies.models import Company
from stragan.core.snapshot import LineKind, SnapshotLine
from stragan.documents.actions import Author
from stragan.documents.models import Document
from stragan.flows.posted import Posted
from stragan.flows.stock_lines import Named, Sale, line_key, rounded, taken_by
from stragan.products.models import Product
from stragan.warehouse import actions, queries
from stragan.warehouse.actions import Demand, GoodsIssue, GoodsReturn
from stragan.warehouse.levels import ZERO
from stragan.warehouse.notes import Written
from stragan.warehouse.queries import LineOut


def follow(posted: Posted, *, company: Company, author: Author) -> tuple[list[Written], Mapping[int, Named]]:
    """Move what a correction changed; gives its notes and the names of the products.

    Goods come back as the corrected document and its earlier corrections took them, at the same cost; where
    they moved nothing, because the offer was not matched or the document was linked, nothing comes back.
    """
    corrected = posted.snapshot.corrected
    assert corrected is not None, "only corrections come here"
    document = posted.document
    chain = [document.corrects_id, *_earlier(document)]
    out = queries.lines_out(company, [pk for pk in chain if pk is not None])
    before, after = _by_key(corrected.before), _by_key(corrected.after)
    returns: list[GoodsReturn] = []
    more: list[Demand] = []
    for key, line in before.items():
        had = line.quantity
        has = after[key].quantity if key in after else ZERO
        for taken in out.get(key, ()):
            if has < had:
                returns.append(_return(key, taken, share=(had - has) / had if has > 0 else Decimal(1)))
            elif has > had > 0:
                quantity = rounded(taken.quantity * (has - had) / had)
                more.append(Demand(line_id=key, product_id=taken.product_id, quantity=quantity))
    more += _added([line for key, line in after.items() if key not in before], posted, company=company)
    written = actions.correct_goods(
        [one for one in returns if one.quantity > 0],
        company=company,
        correction=GoodsIssue(
            document_id=document.pk,
            document_number=document.number,
            date=document.issue_date,
            order_id=_order_id(document),
            demands=[one for one in more if one.quantity > 0],
        ),
        reason=corrected.reason,
        by_id=author.user_id,
        now=author.now,
    )
    return written, names_of(company, [move.product_id for one in written for move in one.note.moves])


def _added(lines: Sequence[SnapshotLine], posted: Posted, *, company: Company) -> list[Demand]:
    """What lines take that a correction put on the document."""
    if not lines:
        return []
    order_id = _order_id(posted.document)
    demands = []
    for line in lines:
        [found] = taken_by([Sale(order_id=order_id, lines=[line])], company=company).demands
        demands += [replace(one, line_id=line_key(line, position=line.position)) for one in found]
    return demands


def names_of(company: Company, product_ids: Iterable[int]) -> dict[int, Named]:
    """Give how people know products, by id."""
    rows = Product.objects.for_company(company).filter(pk__in=set(product_ids))
    return {pk: Named(sku=sku, name=name) for pk, sku, name in rows.values_list("id", "sku", "name")}


def _return(key: str, taken: LineOut, *, share: Decimal) -> GoodsReturn:
    quantity = rounded(taken.quantity * share)
    return GoodsReturn(
        line_id=key,
        product_id=taken.product_id,
        quantity=min(quantity, taken.quantity),
        unit_cost=taken.unit_cost,
    )


def _by_key(lines: Sequence[SnapshotLine]) -> dict[str, SnapshotLine]:
    return {line_key(line, position=line.position): line for line in lines if line.kind is LineKind.GOODS}


def _earlier(document: Document) -> list[int]:
    rows = Document.objects.for_company(document.company_id).filter(corrects_id=document.corrects_id)
    return list(rows.exclude(pk=document.pk).values_list("id", flat=True))


def _order_id(document: Document) -> int | None:
    """The order whose goods the corrected document took."""
    if document.order_id is not None or document.corrects_id is None:
        return document.order_id
    rows = Document.objects.for_company(document.company_id)
    return rows.values_list("order_id", flat=True).get(pk=document.corrects_id)
