"""Feeds a fresh database from the file of an archive: the ordinary import, at the instants it was first done.

Safe to kill and to run once more: answers that are in already are passed over.
"""

import base64
import gzip
import json
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from itertools import groupby
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.db import DataError, IntegrityError, transaction

from stragan.archive.content import Content, unpacked
from stragan.archive.models import ArchivedAnswer
from stragan.archive.states import Kind
from stragan.companies.models import Company
from stragan.core.dates import warsaw_date
from stragan.core.errors import Refused
from stragan.flows.archive_export import FORMAT
from stragan.flows.billing_walk import fee_of
from stragan.flows.fetch_stages import furthest
from stragan.flows.import_orders import Rules, prepare_forms, rules_of, store_forms
from stragan.flows.order_money import ask_for_moves, keep_fees
from stragan.flows.payment_walk import move_of
from stragan.flows.refresh_offers import data_of
from stragan.flows.stock_reservations import follow_import
from stragan.flows.sync_run import set_aside, update_shop
from stragan.gateways.allegro import (
    EventPage,
    RawForm,
    raw_form,
    read_billing_entries,
    read_events,
    read_offers,
    read_payment_operations,
)
from stragan.orders import actions as orders
from stragan.orders.models import Order
from stragan.shops import offers, payments, restoring
from stragan.shops.models import Shop

_BROKEN: Final = (OSError, EOFError, zlib.error, ValueError, KeyError, TypeError, AttributeError)


class ArchiveFileUnreadable(Refused):
    """The file is no archive of ours, or not all of it."""

    code = "archive_file_unreadable"


class ArchiveOfAnother(Refused):
    """The file is of a company with another NIP."""

    code = "archive_of_another"


class ArchiveNotFresh(Refused):
    """There are orders here that are not from this file."""

    code = "archive_not_fresh"


@dataclass(slots=True)
class Fed:
    """What came of it."""

    answers: int = 0
    passed_over: int = 0  # were in already
    purged: set[str] = field(default_factory=set)  # orders whose contact data the file does not hold


def feed(company: Company, path: Path, *, now: datetime) -> Fed:
    """Take in every answer of the file, then put each shop where its reading had come.

    :raises ArchiveFileUnreadable: see the class; what was taken in before stays.
    :raises ArchiveOfAnother: see the class.
    :raises ArchiveNotFresh: see the class.
    """
    try:
        lines = _read(path)
        head = next(lines)
        if head.get("format") != FORMAT:
            raise ArchiveFileUnreadable(path=str(path))
        if head["company"] != company.nip:
            raise ArchiveOfAnother(nip=str(head["company"]))
        return _feed(company, head, lines, now=now)
    except _BROKEN as trouble:
        raise ArchiveFileUnreadable(path=str(path)) from trouble


def _feed(
    company: Company, head: Mapping[str, Any], lines: Iterator[dict[str, Any]], *, now: datetime
) -> Fed:
    told = {str(facts["seller_id"]): facts for facts in head["shops"]}
    if not _may_begin(company):
        raise ArchiveNotFresh
    shops = {seller: _shop(company, facts, now=now) for seller, facts in told.items()}
    table = _Table(company=company, shops=shops)
    for _, rows in groupby(lines, key=lambda row: row["batch"]):
        table.take(list(rows))
    with transaction.atomic(durable=True):
        for seller, facts in told.items():
            _put_back(shops[seller], facts, now=now)
        for form_id, (seller, purged_at) in table.purged.items():
            Order.objects.for_company(company).filter(seller_id=seller, allegro_id=form_id).update(
                contact_purged_at=purged_at
            )
    return replace(table.fed, purged=set(table.purged))


def _may_begin(company: Company) -> bool:
    """Whether there is nothing yet, or what an earlier feeding left."""
    has_answers = ArchivedAnswer.objects.for_company(company).exists()
    return has_answers or not Order.objects.for_company(company).exists()


def _read(path: Path) -> Iterator[dict[str, Any]]:
    count = 0
    with gzip.open(path, "rt", encoding="utf-8") as file:
        for text in file:
            row = json.loads(text)
            if "end" in row:
                if row["end"] != count:
                    break
                return
            count += "kind" in row
            yield row
    raise ArchiveFileUnreadable(path=str(path))


@dataclass(slots=True)
class _Table:
    """Takes batch after batch."""

    company: Company
    shops: Mapping[str, Shop]
    fed: Fed = field(default_factory=Fed)
    purged: dict[str, tuple[str, datetime]] = field(default_factory=dict)
    _rules: dict[tuple[int, date], Rules] = field(default_factory=dict)
    _is_fresh: bool = False

    def take(self, rows: Sequence[Mapping[str, Any]]) -> None:
        """Take in what came together, in one transaction, unless it is in."""
        shop, at = self.shops[rows[0]["seller"]], datetime.fromisoformat(rows[0]["at"])
        contents = [unpacked(base64.b64decode(row["content"])) for row in rows]
        self._note_purged(rows)
        if ArchivedAnswer.objects.for_company(self.company).filter(batch=UUID(rows[0]["batch"])).exists():
            self.fed.passed_over += len(rows)
            return
        self._check_order()
        kind = Kind(rows[0]["kind"])
        if kind is Kind.FORMS:
            self._take_forms(shop, rows, contents, at=at)
        else:
            with transaction.atomic(durable=True):
                for row, content in zip(rows, contents, strict=True):
                    _take_other(shop, kind, content, path=row["path"], at=at)
                _keep(shop, rows, at=at)
        self.fed.answers += len(rows)

    def _check_order(self) -> None:
        """What is here must be the beginning of the file: nothing may be taken in behind something newer."""
        if not self._is_fresh:
            if ArchivedAnswer.objects.for_company(self.company).count() != self.fed.passed_over:
                raise ArchiveNotFresh
            self._is_fresh = True

    def _note_purged(self, rows: Sequence[Mapping[str, Any]]) -> None:
        for row in rows:
            for key, (_, _, purged_at) in row["forms"].items():
                if purged_at:
                    self.purged[key.partition(" ")[2]] = (row["seller"], datetime.fromisoformat(purged_at))

    def _take_forms(
        self, shop: Shop, rows: Sequence[Mapping[str, Any]], contents: Sequence[Content], *, at: datetime
    ) -> None:
        forms: list[RawForm] = []
        sealed: dict[str, str] = {}
        for row, content in zip(rows, contents, strict=True):
            for part in content.parts:
                if part.number:
                    payload, sha256, purged_at = row["forms"][f"{part.number} {part.name}"]
                    if purged_at:
                        sealed[part.name] = sha256
                elif part.payload:
                    payload = part.payload
                else:
                    continue  # could not be read, and was purged
                plain = zlib.decompress(base64.b64decode(payload))
                forms.append(raw_form(plain, trace_id=row["trace_id"]))
        prepared = prepare_forms(shop=shop, forms=forms, rules=self._rules_at(shop, at), sealed=sealed)
        try:
            with transaction.atomic(durable=True):
                store_forms(shop=shop, prepared=prepared, now=at)
                _keep(shop, rows, at=at)
        except (DataError, IntegrityError) as trouble:
            if len(forms) != 1:
                raise
            with transaction.atomic(durable=True):
                store_forms(shop=shop, prepared=set_aside(forms[0], trouble), now=at)
                _keep(shop, rows, at=at)

    def _rules_at(self, shop: Shop, at: datetime) -> Rules:
        key = (shop.pk, warsaw_date(at))
        if key not in self._rules:
            self._rules[key] = rules_of(company=self.company, shop=shop, now=at)
        return self._rules[key]


def _take_other(shop: Shop, kind: Kind, content: Content, *, path: str, at: datetime) -> None:
    if kind is Kind.GONE:
        ids = [part.name for part in content.parts]
        orders.mark_gone(shop=shop, form_ids=ids, now=at)
        known = Order.objects.for_company(shop.company_id).filter(
            seller_id=shop.seller_id, allegro_id__in=ids
        )
        follow_import(company=shop.company, order_ids=list(known.values_list("pk", flat=True)), now=at)
    elif kind is Kind.JOURNAL:
        page = EventPage(events=read_events(content.body), trace_id="")
        latest = furthest(page, after=shop.cursor or None)
        if latest is not None:
            update_shop(
                shop,
                cursor=latest.id,
                cursor_at=latest.occurred_at,
                latest_event_id=latest.id,
                latest_event_at=latest.occurred_at,
            )
    elif kind is Kind.PAYMENTS:
        read = read_payment_operations(content.body).payment_operations
        moves = [
            replace(move_of(one, wallet=part.name), ordinal=part.number)
            for one, part in zip(read, content.parts, strict=True)
        ]
        fresh = payments.store(shop, moves, now=at)
        ask_for_moves(shop, [move for move in moves if move.key in fresh])
    elif kind is Kind.FEES:
        marketplace = content.parts[0].name if content.parts else ""
        entries = read_billing_entries(content.body)
        keep_fees(shop, [fee_of(one, marketplace=marketplace) for one in entries], now=at)
    elif kind is Kind.OFFERS:
        offers.take_in(shop=shop, offers=[data_of(one) for one in read_offers(content.body).offers], now=at)
        offers.forget(shop, [part.name for part in content.parts], now=at)
    else:
        assert kind is Kind.WRITE, path


def _keep(shop: Shop, rows: Sequence[Mapping[str, Any]], *, at: datetime) -> None:
    ArchivedAnswer.objects.across_companies().bulk_create(
        ArchivedAnswer(
            company_id=shop.company_id,
            shop=shop,
            batch=UUID(row["batch"]),
            position=row["position"],
            kind=row["kind"],
            at=at,
            method=row["method"],
            path=row["path"],
            sent=base64.b64decode(row["sent"]),
            sent_sha256=row["sent_sha256"],
            status=row["status"],
            trace_id=row["trace_id"],
            sha256=row["sha256"],
            content=base64.b64decode(row["content"]),
            kept_sha256=row["kept_sha256"],
            purged_at=_instant(row["purged_at"]),
        )
        for row in rows
    )


def _shop(company: Company, facts: Mapping[str, Any], *, now: datetime) -> Shop:
    origin = restoring.Origin(
        seller_id=facts["seller_id"],
        name=facts["name"],
        login=facts["login"],
        marketplace=facts["marketplace"],
        since_date=date.fromisoformat(facts["since_date"]),
        buyer_source=facts["buyer_source"],
    )
    return restoring.shop_from(
        origin,
        company=company,
        api_url=settings.ALLEGRO_API_URL,
        auth_url=settings.ALLEGRO_AUTH_URL,
        now=now,
    )


def _put_back(shop: Shop, facts: Mapping[str, Any], *, now: datetime) -> None:
    since, until = facts["payments"]
    restoring.put_back(
        shop,
        place={
            name: _instant(value) if name.endswith(("_at", "_until")) else value
            for name, value in facts["place"].items()
        },
        pending={form_id: datetime.fromisoformat(at) for form_id, at in facts["pending"].items()},
        payments=(_instant(since), _instant(until)),
        now=now,
    )


def _instant(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
