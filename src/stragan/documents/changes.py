"""What changed on Allegro after a document was issued: named changes, each with its deed. No queries.

A value differs where document and order now say two things, unless both still say what they said when they
were last held to agree (the *base*): what a person decided on the document stays their decision.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Final

from stragan.core.errors import StraganError
from stragan.core.money import ZERO
from stragan.core.snapshot import BuyerSource, DocumentKind, DocumentSnapshot, LineKind, SnapshotLine
from stragan.documents.content import DraftContent, DraftLine, SellerProfile
from stragan.documents.correcting import LineChange, State, plan
from stragan.documents.delivery_changes import delivery_fixes, per_code
from stragan.documents.drafting import draft_from_order
from stragan.documents.rates import HOME
from stragan.kit.fields import plain_quantity
from stragan.orders.data import Address, OrderData
from stragan.orders.states import AllegroStatus


class Deed(StrEnum):
    """What is proposed, the weightiest first. Only a person does it."""

    TO_ZERO = "to_zero"  # correct to zero, or void what never left the house
    ANEW = "anew"  # correct to zero, then issue once more: a correction cannot say it
    CORRECT = "correct"  # by quantity, price or VAT code
    INVOICE = "invoice"  # make an invoice to the receipt
    DATA = "data"  # correction of the buyer's data: not possible here yet
    BY_HAND = "by_hand"  # a person must judge
    LABEL = "label"  # a new label for the parcel
    NOTHING = "nothing"


class Change(StrEnum):
    """What can change; in this order they are told."""

    CANCELLED_PAID_BY_BUYER = "cancelled_paid_by_buyer"
    CANCELLED_PAID_BY_ALLEGRO = "cancelled_paid_by_allegro"
    CANCELLED_BY_BUYER = "cancelled_by_buyer"  # before any money came
    CANCELLED_BY_ALLEGRO = "cancelled_by_allegro"
    MERGED = "merged"
    LINE_NEW = "line_new"
    LINE_GONE = "line_gone"
    LINE_MISSING = "line_missing"  # it changed on Allegro, and the document has no such line
    QUANTITY_LESS = "quantity_less"
    QUANTITY_MORE = "quantity_more"
    PRICE = "price"
    VAT = "vat"
    VAT_UNCLEAR = "vat_unclear"
    DELIVERY_NEW = "delivery_new"  # the document has no delivery that could be corrected
    DELIVERY_COST = "delivery_cost"
    DELIVERY_SPLIT = "delivery_split"  # the same cost, other parts per VAT code
    DEPOSIT = "deposit"
    TOTAL = "total"  # Allegro's total is no longer the sum of its parts
    INVOICE_WANTED = "invoice_wanted"
    BUYER_NAME = "buyer_name"
    BUYER_NIP = "buyer_nip"
    BUYER_ADDRESS = "buyer_address"
    PAYMENT_GONE = "payment_gone"
    DELIVERY_ADDRESS = "delivery_address"
    DELIVERY_METHOD = "delivery_method"
    SURCHARGE = "surcharge"
    COD_BOOKED = "cod_booked"
    PAYMENT_CAME = "payment_came"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """What a change asks for. ``waits``: it stays on the radar until it is done or settled by a person.

    ``printed`` is the reason on the correction: Polish, as all that is printed.
    """

    deed: Deed
    waits: bool = True
    printed: str = ""


_CANCELLED: Final = Rule(deed=Deed.TO_ZERO, printed="anulowanie zamówienia")
RULES: Final[Mapping[Change, Rule]] = {
    Change.CANCELLED_PAID_BY_BUYER: _CANCELLED,
    Change.CANCELLED_PAID_BY_ALLEGRO: _CANCELLED,
    Change.CANCELLED_BY_BUYER: _CANCELLED,
    Change.CANCELLED_BY_ALLEGRO: _CANCELLED,
    Change.MERGED: Rule(deed=Deed.TO_ZERO, printed="połączenie zamówień"),
    Change.LINE_NEW: Rule(deed=Deed.ANEW, printed="zmiana zamówienia"),
    Change.LINE_GONE: Rule(deed=Deed.CORRECT, printed="usunięcie pozycji z zamówienia"),
    Change.LINE_MISSING: Rule(deed=Deed.BY_HAND),
    Change.QUANTITY_LESS: Rule(deed=Deed.CORRECT, printed="zmiana ilości"),
    Change.QUANTITY_MORE: Rule(deed=Deed.CORRECT, printed="zmiana ilości"),
    Change.PRICE: Rule(deed=Deed.CORRECT, printed="zmiana ceny"),
    Change.VAT: Rule(deed=Deed.CORRECT, printed="zmiana stawki VAT"),
    Change.VAT_UNCLEAR: Rule(deed=Deed.BY_HAND),
    Change.DELIVERY_NEW: Rule(deed=Deed.ANEW, printed="zmiana kosztu dostawy"),
    Change.DELIVERY_COST: Rule(deed=Deed.CORRECT, printed="zmiana kosztu dostawy"),
    Change.DELIVERY_SPLIT: Rule(deed=Deed.CORRECT, printed="podział kosztu dostawy"),
    Change.DEPOSIT: Rule(deed=Deed.ANEW, printed="zmiana kaucji"),
    Change.TOTAL: Rule(deed=Deed.BY_HAND),
    Change.INVOICE_WANTED: Rule(deed=Deed.INVOICE),
    Change.BUYER_NAME: Rule(deed=Deed.DATA),
    Change.BUYER_NIP: Rule(deed=Deed.DATA),
    Change.BUYER_ADDRESS: Rule(deed=Deed.DATA),
    Change.PAYMENT_GONE: Rule(deed=Deed.BY_HAND),
    Change.DELIVERY_ADDRESS: Rule(deed=Deed.LABEL),
    Change.DELIVERY_METHOD: Rule(deed=Deed.LABEL),
    Change.SURCHARGE: Rule(deed=Deed.NOTHING, waits=False),
    Change.COD_BOOKED: Rule(deed=Deed.NOTHING, waits=False),
    Change.PAYMENT_CAME: Rule(deed=Deed.NOTHING, waits=False),
}
# Their values are personal data: shown from the sources, never stored with the change.
PERSONAL: Final = frozenset(
    {Change.BUYER_NAME, Change.BUYER_NIP, Change.BUYER_ADDRESS, Change.DELIVERY_ADDRESS}
)
# After these nothing else about the document matters: it goes altogether.
_FINAL: Final = frozenset(
    {
        Change.CANCELLED_PAID_BY_BUYER,
        Change.CANCELLED_PAID_BY_ALLEGRO,
        Change.CANCELLED_BY_BUYER,
        Change.CANCELLED_BY_ALLEGRO,
        Change.MERGED,
    }
)
_RANK: Final = {change: place for place, change in enumerate(Change)}
_WEIGHT: Final = {deed: place for place, deed in enumerate(Deed)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One change as it is kept. ``paper`` is the id of the document it concerns, 0 where it concerns none.

    ``old`` is what the document says (or the order said), ``new`` what the order says now: amounts, numbers
    and codes as text, empty where they are personal data.
    """

    change: Change
    deed: Deed
    paper: int = 0
    line: str = ""
    old: str = ""
    new: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found(Item):
    """One change as it is found. ``fixes`` are what a correction would do about it."""

    fixes: tuple[LineChange, ...] = ()

    @property
    def waits(self) -> bool:
        """Whether a person has to see to it."""
        return RULES[self.change].waits


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """A document an order has: how it was issued, how it stood at the base, how it stands now."""

    id: int
    original: DocumentSnapshot
    base: State
    now: State


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """What a correction would be filled in with: nothing left (``to_zero``), or ``changes`` by line."""

    to_zero: bool
    changes: tuple[LineChange, ...]
    reason: str


def found_changes(
    *,
    base: OrderData,
    now: OrderData,
    papers: Sequence[Paper],
    buyer_source: BuyerSource,
    has_parcel: bool = False,
    is_merged: bool = False,
) -> tuple[Found, ...]:
    """Name everything that differs, the weightiest change first."""
    found = list(_endings(base, now, papers, is_merged=is_merged))
    if not found and now.status != AllegroStatus.CANCELLED:
        for paper in papers:
            found += _of_paper(paper, base=base, now=now, buyer_source=buyer_source)
        if any(paper.original.kind is DocumentKind.INVOICE for paper in papers):
            found = [one for one in found if one.change is not Change.INVOICE_WANTED]
        found += _of_order(base, now, has_parcel=has_parcel)
    found += _money(base, now)
    return tuple(sorted(found, key=lambda one: (_RANK[one.change], one.paper)))


def are_alike(one: OrderData, other: OrderData) -> bool:
    """Whether nothing differs that any rule looks at: most changes are of fulfilment, and of no interest."""
    return _watched(one) == _watched(other)


def _watched(order: OrderData) -> tuple[object, ...]:
    payment = order.payment
    money = (payment.paid, payment.surcharges, payment.cod_booked)
    sale = (order.status, order.total_to_pay, order.lines, order.invoice, order.buyer.address)
    return (*sale, *money, order.delivery.cost, order.delivery.method_name, _place(order))


def weightiest(found: Iterable[Found]) -> Deed:
    """Give the deed that stands for them all."""
    return min((one.deed for one in found), key=_WEIGHT.__getitem__, default=Deed.NOTHING)


def proposal(found: Iterable[Found], *, paper: int) -> Proposal | None:
    """Give the correction of one document that these changes ask for; None where they ask for none."""
    of_paper = [one for one in found if one.paper == paper]
    deeds = {one.deed for one in of_paper}
    reasons = dict.fromkeys(printed for one in of_paper if (printed := RULES[one.change].printed))
    reason = ", ".join(reasons)
    if deeds & {Deed.TO_ZERO, Deed.ANEW}:
        return Proposal(to_zero=True, changes=(), reason=reason)
    fixes = tuple(fix for one in of_paper for fix in one.fixes)
    return Proposal(to_zero=False, changes=fixes, reason=reason) if fixes else None


def _endings(base: OrderData, now: OrderData, papers: Sequence[Paper], *, is_merged: bool) -> Iterator[Found]:
    """Tell what leaves nothing of the sale."""
    change = None
    if now.status == AllegroStatus.CANCELLED and base.status != AllegroStatus.CANCELLED:
        by_buyer = now.delivery.cancelled_at is not None
        if base.payment.received or now.payment.received:
            change = Change.CANCELLED_PAID_BY_BUYER if by_buyer else Change.CANCELLED_PAID_BY_ALLEGRO
        else:
            change = Change.CANCELLED_BY_BUYER if by_buyer else Change.CANCELLED_BY_ALLEGRO
    elif is_merged:
        change = Change.MERGED
    if change is not None:
        for paper in papers:
            yield Found(
                change=change,
                deed=RULES[change].deed,
                paper=paper.id,
                old=f"{paper.now.sums.to_pay:.2f}",
                new="0.00",
            )


def _of_paper(paper: Paper, *, base: OrderData, now: OrderData, buyer_source: BuyerSource) -> list[Found]:
    original = paper.original
    before, after = (drafted(order, original=original, buyer_source=buyer_source) for order in (base, now))
    found = [*_lines(paper, before, after), *_delivery(paper, before, after)]
    is_receipt = original.kind is DocumentKind.RECEIPT
    if is_receipt and now.invoice.required and not base.invoice.required:
        found.append(_found(Change.INVOICE_WANTED, paper))
    elif original.kind is not DocumentKind.OTHER_INCOME:
        found += _buyer(paper, before, after)
    found += _deposits(paper, base, now, found)
    return found


def drafted(order: OrderData, *, original: DocumentSnapshot, buyer_source: BuyerSource) -> DraftContent:
    """Give what a document of the kind, day and seller of *original* would say of *order*."""
    seller = original.seller
    return draft_from_order(
        order,
        profile=SellerProfile(vat_payer=seller.vat_payer, exemption_basis=original.exemption_basis),
        buyer_source=buyer_source,
        kind=original.kind,
        issue_date=original.issue_date,
    )


_Key = tuple[LineKind, str, str, int]


def _keyed(lines: Iterable[DraftLine] | Iterable[SnapshotLine]) -> dict[_Key, DraftLine | SnapshotLine]:
    """Give goods and services that came from an order by what survives an edit."""
    keyed: dict[_Key, DraftLine | SnapshotLine] = {}
    for line in lines:
        if line.kind is LineKind.DELIVERY or not line.line_id:
            continue
        name = line.name if line.kind is LineKind.SERVICE else ""
        turn = 0
        while (key := (line.kind, line.line_id, name, turn)) in keyed:
            turn += 1
        keyed[key] = line
    return keyed


def _lines(paper: Paper, before: DraftContent, after: DraftContent) -> Iterator[Found]:
    was, wanted = _keyed(before.lines), _keyed(after.lines)
    printed = {key: line for key, line in _keyed(paper.now.lines).items() if isinstance(line, SnapshotLine)}
    printed_before = _keyed(paper.base.lines)
    for key in dict.fromkeys((*was, *wanted)):
        old, new = was.get(key), wanted.get(key)
        line, base_line = printed.get(key), printed_before.get(key)
        if new is None:
            if line is not None and line.quantity:
                fix = LineChange(position=line.position, quantity=Decimal(0))
                yield _found(
                    Change.LINE_GONE,
                    paper,
                    line=line.name,
                    old=_text("quantity", line.quantity),
                    new="0",
                    fixes=(fix,),
                )
        elif line is None and old is None:
            amount = f"{new.gross:.2f}"
            yield _found(Change.LINE_NEW, paper, line=new.name, new=amount)
        elif line is None or base_line is None:
            if old is None or _values(old) != _values(new):
                yield _found(Change.LINE_MISSING, paper, line=new.name, new=f"{new.gross:.2f}")
        else:
            yield from _line(paper, old, new, line, base_line)


def _line(
    paper: Paper,
    old: DraftLine | SnapshotLine | None,
    new: DraftLine | SnapshotLine,
    line: SnapshotLine,
    base_line: DraftLine | SnapshotLine,
) -> Iterator[Found]:
    """Compare one line field by field."""
    differing = [
        name
        for name in ("quantity", "unit_gross", "vat_code")
        if getattr(line, name) != getattr(new, name)
        and not (
            old is not None
            and getattr(old, name) == getattr(new, name)
            and getattr(line, name) == getattr(base_line, name)
        )
    ]
    for name in differing:
        value = getattr(new, name)
        before, after = _text(name, getattr(line, name)), _text(name, value)
        if value is None:
            if old is not None and old.vat_code is not None:
                yield _found(Change.VAT_UNCLEAR, paper, line=line.name, old=before)
            continue
        change = {"unit_gross": Change.PRICE, "vat_code": Change.VAT}.get(name)
        if change is None:
            change = Change.QUANTITY_LESS if value < line.quantity else Change.QUANTITY_MORE
        fix = LineChange(
            position=line.position,
            quantity=value if name == "quantity" else None,
            unit_gross=value if name == "unit_gross" else None,
            vat_code=value if name == "vat_code" else None,
        )
        yield _found(change, paper, line=line.name, old=before, new=after, fixes=(fix,))


def _values(line: DraftLine | SnapshotLine) -> tuple[object, ...]:
    return line.quantity, line.unit_gross, line.vat_code


def _delivery(paper: Paper, before: DraftContent, after: DraftContent) -> Iterator[Found]:
    """Compare delivery as a whole: how it is divided over VAT codes follows from the goods."""
    was, wanted = per_code(before.lines), per_code(after.lines)
    printed, printed_before = per_code(paper.now.lines), per_code(paper.base.lines)
    if printed == wanted or (was == wanted and printed == printed_before):
        return
    old, new = sum(printed.values(), ZERO), sum(wanted.values(), ZERO)
    lines = [line for line in paper.now.lines if line.kind is LineKind.DELIVERY and line.quantity]
    if "" in wanted and len(lines) == 1:
        wanted = {lines[0].vat_code: new}
    elif "" in wanted:
        if old != new:
            yield _found(Change.VAT_UNCLEAR, paper, line=_name(after), old=f"{old:.2f}", new=f"{new:.2f}")
        return
    fixes = delivery_fixes(paper.now.lines, first=paper.original.lines, wanted=wanted)
    change = Change.DELIVERY_COST if old != new else Change.DELIVERY_SPLIT
    yield _found(
        Change.DELIVERY_NEW if fixes is None else change,
        paper,
        line=_name(after),
        old=f"{old:.2f}",
        new=f"{new:.2f}",
        fixes=fixes or (),
    )


def _name(content: DraftContent) -> str:
    return next((line.name for line in content.lines if line.kind is LineKind.DELIVERY), "")


def _deposits(paper: Paper, base: OrderData, now: OrderData, found: Sequence[Found]) -> Iterator[Found]:
    """Compare deposits as they stand once *found* is corrected: they follow the quantities of their goods."""
    if any(one.deed is Deed.ANEW for one in found):
        return
    fixes = tuple(fix for one in found for fix in one.fixes)
    try:
        after = plan(paper.original, before=paper.now, changes=fixes).after if fixes else paper.now
    except StraganError:  # it cannot be corrected so, which is said where somebody tries
        after = paper.now
    if after.sums.deposit == now.deposit_total:
        return
    units = {line.line_id: line.deposit for line in base.lines}
    are_same = all(units.get(line.line_id, line.deposit) == line.deposit for line in now.lines)
    if are_same and paper.base.sums.deposit != base.deposit_total:
        return  # as a person decided
    yield _found(Change.DEPOSIT, paper, old=f"{paper.now.sums.deposit:.2f}", new=f"{now.deposit_total:.2f}")


def _buyer(paper: Paper, before: DraftContent, after: DraftContent) -> Iterator[Found]:
    printed = paper.original.buyer
    parts = {
        Change.BUYER_NAME: ("name",),
        Change.BUYER_NIP: ("nip", "vat_eu"),
        Change.BUYER_ADDRESS: ("street", "postal_code", "city", "country"),
    }
    for change, names in parts.items():
        old, new, on_paper = (
            tuple(getattr(buyer, name) for name in names) for buyer in (before.buyer, after.buyer, printed)
        )
        if new not in (old, on_paper):
            yield _found(
                change,
                paper,
                old=", ".join(filter(None, on_paper)),
                new=", ".join(filter(None, new)),
            )


def _of_order(base: OrderData, now: OrderData, *, has_parcel: bool) -> Iterator[Found]:
    """Tell what changed about the order and is on no document."""
    if now.difference and now.difference != base.difference:
        yield _found(Change.TOTAL, old=f"{base.total_to_pay:.2f}", new=f"{now.total_to_pay:.2f}")
    deed = Deed.LABEL if has_parcel else Deed.NOTHING
    old, new = base.delivery, now.delivery
    was_known = old.address is not None and old.address.street  # it is not where contact data were purged
    if was_known and _place(base) != _place(now):
        yield Found(
            change=Change.DELIVERY_ADDRESS, deed=deed, old=", ".join(_place(base)), new=", ".join(_place(now))
        )
    if old.method_name != new.method_name:
        yield Found(change=Change.DELIVERY_METHOD, deed=deed, old=old.method_name, new=new.method_name)


def _place(order: OrderData) -> tuple[str, ...]:
    """Where the parcel goes, in the parts a label bears: the pick-up point, then the recipient's address."""
    delivery = order.delivery
    point = delivery.pickup_point_name or delivery.pickup_point_id
    parts = [point, *_written(delivery.pickup_point_address), *_written(delivery.address)]
    return tuple(dict.fromkeys(filter(None, parts)))


def _written(address: Address | None) -> tuple[str, ...]:
    if address is None:
        return ()
    town = f"{address.postal_code} {address.city}".strip()
    country = "" if address.country in {"", HOME} else address.country
    return address.company_name, address.person, address.street, town, country


def _money(base: OrderData, now: OrderData) -> Iterator[Found]:
    """Tell what came and went: it changes no document, since documents say what was known when issued.

    Less money than before is missing only where it does not cover what the order costs now.
    """
    old, new = base.payment, now.payment
    extra = [sum((part.paid or ZERO for part in one.surcharges), ZERO) for one in (old, new)]
    booked = [one.cod_booked or ZERO for one in (old, new)]
    rest = [one.received - more - cod for one, more, cod in zip((old, new), extra, booked, strict=True)]
    if extra[1] > extra[0]:
        yield _found(Change.SURCHARGE, old=f"{extra[0]:.2f}", new=f"{extra[1]:.2f}")
    if booked[1] > booked[0]:
        yield _found(Change.COD_BOOKED, old=f"{booked[0]:.2f}", new=f"{booked[1]:.2f}")
    if rest[1] > rest[0]:
        yield _found(Change.PAYMENT_CAME, old=f"{rest[0]:.2f}", new=f"{rest[1]:.2f}")
    is_short = new.received < min(old.received, now.total_to_pay)
    if is_short and now.status != AllegroStatus.CANCELLED:
        yield _found(Change.PAYMENT_GONE, old=f"{old.received:.2f}", new=f"{new.received:.2f}")


def _found(
    change: Change,
    paper: Paper | None = None,
    *,
    line: str = "",
    old: str = "",
    new: str = "",
    fixes: tuple[LineChange, ...] = (),
) -> Found:
    return Found(
        change=change,
        deed=RULES[change].deed,
        paper=paper.id if paper else 0,
        line=line,
        old=old,
        new=new,
        fixes=fixes,
    )


def _text(name: str, value: object) -> str:
    if isinstance(value, Decimal):
        return f"{value:.2f}" if name == "unit_gross" else f"{plain_quantity(value):f}"
    return str(value or "")
