"""What follows from a document in its own transaction: stock, books, what is sent. All or nothing."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from stragan.books.entries import Keeping
from stragan.companies.models import Company
from stragan.core.snapshot import DocumentKind
from stragan.documents.actions import Author, Prepared
from stragan.flows import book_effects, outgoing, stock_effects
from stragan.flows.book_effects import BookEntry
from stragan.flows.posted import Posted
from stragan.flows.stock_effects import Spent, StockChange
from stragan.outbox import actions as outbox


@dataclass(frozen=True, slots=True, kw_only=True)
class Consequences:
    """What one document moved and posted; empty where the packages are off or its kind does neither."""

    stock: tuple[StockChange, ...] = ()
    books: tuple[BookEntry, ...] = ()


NOTHING: Final = Consequences()


def follow(
    posted: Sequence[Posted], *, company: Company, author: Author, keeping: Keeping | None = None
) -> dict[int, Consequences]:
    """Move, post and send documents just issued, in the caller's transaction; by document id.

    *keeping* is what ``book_effects.hold`` answered in this transaction; where it was not asked, it is now.
    """
    keeping = keeping or book_effects.hold(company=company)
    stock = stock_effects.apply(posted, company=company, author=author)
    books = book_effects.apply(posted, company=company, author=author, keeping=keeping)
    outgoing.documents_issued(posted, company=company, author=author)
    return _together([one.document.pk for one in posted], stock, books)


def undo(posted: Posted, *, company: Company, author: Author) -> Consequences:
    """Take back what a document did that is being voided, in the caller's transaction."""
    book_effects.hold(company=company)
    outbox.give_up_document(company, posted.document.pk, now=author.asked_at)
    return Consequences(
        stock=stock_effects.undo(posted, company=company, author=author),
        books=book_effects.undo(posted, company=company, author=author),
    )


def foresee(
    prepared: Sequence[Prepared], *, company: Company, spent: Spent | None = None
) -> dict[int, Consequences]:
    """Say what issuing these would move and post, by order id; changes nothing.

    A selection looked at in parts hands on in *spent* what its earlier parts take from the stock.
    """
    counting = [one for one in prepared if does_count(one.content.kind)]
    moving = [one for one in counting if not one.content.to_receipt]
    stock = stock_effects.foresee(moving, company=company, spent=spent) if moving else {}
    books = book_effects.foresee(counting, company=company) if counting else {}
    return _together([one.order_id for one in prepared], stock, books)


def recall(document_ids: Iterable[int], *, company: Company) -> dict[int, Consequences]:
    """Tell what documents have moved and posted, by document id."""
    ids = list(document_ids)
    stock = stock_effects.recall(ids, company=company)
    books = book_effects.recall(ids, company=company)
    return _together(ids, stock, books)


def does_count(kind: DocumentKind) -> bool:
    """Whether documents of the kind move stock and are posted: pro formas and offers do neither."""
    return kind not in {DocumentKind.PRO_FORMA, DocumentKind.OFFER}


def _together(
    ids: Iterable[int],
    stock: Mapping[int, tuple[StockChange, ...]],
    books: Mapping[int, tuple[BookEntry, ...]],
) -> dict[int, Consequences]:
    return {pk: Consequences(stock=stock.get(pk, ()), books=books.get(pk, ())) for pk in ids}
