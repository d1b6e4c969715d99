"""Keeps of pages of lists only what was new here: operations, fees, offers."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

import msgspec
from django.db import transaction

from stragan.archive import actions as archive
from stragan.archive.actions import Answer
from stragan.archive.content import Content, Part
from stragan.archive.states import Kind
from stragan.flows.hearing import answer_of, path_of
from stragan.flows.order_money import ask_for_moves
from stragan.flows.payment_walk import move_of
from stragan.gateways.allegro import Heard, read_billing_entries, read_offers, read_payment_operations
from stragan.kit.clock import real_now
from stragan.shops import payments
from stragan.shops.models import Shop
from stragan.shops.payments import Move

_OPERATIONS: Final = "/payments/payment-operations"


def store_payments(
    shop: Shop,
    moves: Sequence[Move],
    *,
    heard: Sequence[Heard],
    also: Callable[[], object] = lambda: None,
) -> None:
    """Store operations that are new here together with their answers, in one transaction; *also* does more.

    *heard* are all answers that *moves* may come from.
    """
    with transaction.atomic(durable=True):
        at = real_now()
        fresh = payments.store(shop, moves, now=at)
        if fresh:
            new = [move for move in moves if move.key in fresh]
            ask_for_moves(shop, new)
            archive.keep(shop, _payment_answers(heard, new), at=at)
        also()


def _payment_answers(heard: Sequence[Heard], new: Sequence[Move]) -> list[Answer]:
    waiting: dict[tuple[str, ...], list[Move]] = defaultdict(list)
    for move in dict.fromkeys(new):
        waiting[move.twins].append(move)
    answers = []
    for one in heard:
        if path_of(one) != _OPERATIONS:
            continue
        wallet = _asked(one, "wallet.type")
        parts, kept = [], []
        read = read_payment_operations(one.body).payment_operations
        for raw, operation in zip(_raws(one.body, "paymentOperations"), read, strict=True):
            if moves := waiting[move_of(operation, wallet=wallet).twins]:
                parts.append(Part(name=wallet, number=moves.pop(0).ordinal))
                kept.append(raw)
        if parts:
            content = Content(body=_page("paymentOperations", kept), parts=tuple(parts))
            answers.append(answer_of(one, Kind.PAYMENTS, content))
    return answers


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A list whose things have ids: where it is asked, how it is read, what of the question must be kept."""

    kind: Kind
    path: str
    key: str
    ids: Callable[[bytes], list[str]]
    asked: str = ""


LISTS: Final[Mapping[Kind, Listed]] = {
    Kind.FEES: Listed(
        kind=Kind.FEES,
        path="/billing/billing-entries",
        key="billingEntries",
        ids=lambda body: [entry.id for entry in read_billing_entries(body)],
        asked="marketplaceId",
    ),
    Kind.OFFERS: Listed(
        kind=Kind.OFFERS,
        path="/sale/offers",
        key="offers",
        ids=lambda body: [offer.id for offer in read_offers(body).offers],
    ),
}


def keep_page(
    shop: Shop,
    heard: Sequence[Heard],
    listed: Listed,
    *,
    fresh: set[str],
    at: datetime,
    forgotten: Sequence[str] = (),
) -> None:
    """Keep the things whose ids are *fresh*, each once, and ids that Allegro no longer has (of offers).

    Runs in the caller's transaction, which stored them.
    """
    waiting, answers = set(fresh), []
    pages = [one for one in heard if path_of(one) == listed.path]
    for one in pages:
        kept = []
        for raw, pk in zip(_raws(one.body, listed.key), listed.ids(one.body), strict=True):
            if pk in waiting:
                waiting.discard(pk)
                kept.append(raw)
        gone = forgotten if one is pages[-1] else ()
        if not kept and not gone:
            continue
        asked = _asked(one, listed.asked) if listed.asked else ""
        parts = [Part(name=asked, number=0)] if asked else [Part(name=pk, number=0) for pk in gone]
        answers.append(answer_of(one, listed.kind, Content(body=_page(listed.key, kept), parts=tuple(parts))))
    archive.keep(shop, answers, at=at)


def _raws(body: bytes, key: str) -> list[bytes]:
    page: dict[str, Any] = msgspec.json.decode(body, type=dict[str, msgspec.Raw])
    return [bytes(raw) for raw in msgspec.json.decode(page[key], type=list[msgspec.Raw])]


def _page(key: str, raws: Sequence[bytes]) -> bytes:
    """A page of these things, as the readers of Allegro's answers take it."""
    count = len(raws)
    return b'{"%b":[%b],"count":%d,"totalCount":%d}' % (key.encode(), b",".join(raws), count, count)


def _asked(heard: Heard, name: str) -> str:
    return parse_qs(urlsplit(heard.path).query).get(name, [""])[0]
