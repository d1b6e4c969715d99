"""Writes a company's archive into one file from which a fresh database can be fed."""

import base64
import gzip
import json
import os
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path
from typing import Any, Final
from uuid import NAMESPACE_URL, uuid5

from stragan.archive.content import Content, Part, packed, unpacked
from stragan.archive.models import ArchivedAnswer
from stragan.archive.queries import first_with_forms, gone_forms, walk
from stragan.archive.states import Kind
from stragan.companies.models import Company
from stragan.core.errors import Refused
from stragan.flows.archive_parts import KeptForm, forms_of
from stragan.orders.models import Order, OrderEvent, OrderRevision
from stragan.shops import restoring
from stragan.shops.models import Shop

FORMAT: Final = "stragan-archive-1"


class ArchiveFileUnwritable(Refused):
    """The file cannot be written."""

    code = "archive_file_unwritable"


def export(company: Company, path: Path, *, now: datetime) -> int:
    """Write the whole archive (JSON lines, gzip); gives how many answers. The file is its owner's alone.

    :raises ArchiveFileUnwritable: it cannot be written there.
    """
    beside = path.with_name(f"{path.name}.part")
    count = 0
    try:
        with (
            os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as raw,
            gzip.GzipFile(fileobj=raw, mode="wb", compresslevel=1, filename="", mtime=0) as file,
        ):
            for row in _lines(company, now=now):
                count += "kind" in row
                file.write(json.dumps(row, separators=(",", ":")).encode() + b"\n")
        beside.replace(path)
    except OSError as trouble:
        raise ArchiveFileUnwritable(path=str(path), reason=trouble.strerror or "") from trouble
    return count


def _lines(company: Company, *, now: datetime) -> Iterator[dict[str, Any]]:
    # First how far Allegro was read: what comes in meanwhile is read once more from there.
    yield {
        "format": FORMAT,
        "made_at": text_of(now),
        "company": company.nip,
        "shops": [_shop(shop) for shop in Shop.objects.for_company(company).order_by("id")],
    }
    count = 0
    for row in _before_the_archive(company):
        count += 1
        yield row
    for answer in walk(company):
        count += 1
        yield _line(answer)
    yield {"end": count}


def _shop(shop: Shop) -> dict[str, Any]:
    origin = restoring.origin_of(shop)
    return {
        "seller_id": origin.seller_id,
        "name": origin.name,
        "login": origin.login,
        "marketplace": origin.marketplace,
        "since_date": origin.since_date.isoformat(),
        "buyer_source": origin.buyer_source,
        "place": {name: _plain(getattr(shop, name)) for name in restoring.PLACE},
        "pending": {form_id: text_of(at) for form_id, at in restoring.pending_of(shop).items()},
        "payments": [_plain(instant) for instant in restoring.payments_place(shop)],
    }


def _line(answer: ArchivedAnswer) -> dict[str, Any]:
    content = unpacked(bytes(answer.content))
    forms = forms_of(answer.shop, content.parts) if answer.kind == Kind.FORMS else {}
    return {
        "seller": answer.shop.seller_id,
        "batch": str(answer.batch),
        "position": answer.position,
        "kind": answer.kind,
        "at": text_of(answer.at),
        "method": answer.method,
        "path": answer.path,
        "sent": _base64(bytes(answer.sent)),
        "sent_sha256": answer.sent_sha256,
        "status": answer.status,
        "trace_id": answer.trace_id,
        "sha256": answer.sha256,
        "content": _base64(bytes(answer.content)),
        "kept_sha256": answer.kept_sha256,
        "purged_at": _plain(answer.purged_at),
        "forms": {f"{number} {form_id}": _form(form) for (form_id, number), form in forms.items()},
    }


def _form(form: KeptForm) -> list[Any]:
    return [_base64(form.payload), form.content_sha256, _plain(form.purged_at)]


def _before_the_archive(company: Company) -> Iterator[dict[str, Any]]:
    """Revisions and retired forms from before answers were kept, by the instant they were taken in."""
    revisions = OrderRevision.objects.filter(order__company=company).select_related("order").order_by("id")
    first = _first_revision(company)
    if first is not None:
        revisions = revisions.filter(pk__lt=first)
    told = gone_forms(company)
    events = [
        event
        for event in OrderEvent.objects.filter(order__company=company, verb="gone")
        .order_by("at", "id")
        .values_list("at", "order__seller_id", "order__allegro_id")
        if (event[0], event[2]) not in told
    ]
    seen: set[str] = set()
    for (at, seller), rows in groupby(
        revisions.iterator(chunk_size=500), key=lambda row: (row.fetched_at, row.order.seller_id)
    ):
        came = list(rows)
        # One that came back was retired before; of the others it is enough to know that they were.
        back = seen.intersection(row.order.allegro_id for row in came)
        yield from _gone_before(event for event in events if event[2] in back and event[0] < at)
        events = [event for event in events if not (event[2] in back and event[0] < at)]
        seen.update(row.order.allegro_id for row in came)
        yield _forms_before(at, seller, came)
    yield from _gone_before(events)


def _first_revision(company: Company) -> int | None:
    """The first revision that an answer of the archive brought."""
    answer = first_with_forms(company)
    if answer is None:
        return None
    names = {part.name for part in unpacked(bytes(answer.content)).parts if part.number}
    rows = OrderRevision.objects.filter(
        order__company=company,
        order__seller_id=answer.shop.seller_id,
        order__allegro_id__in=names,
        fetched_at=answer.at,
    )
    return rows.order_by("id").values_list("id", flat=True).first()


def _forms_before(at: datetime, seller: str, rows: list[OrderRevision]) -> dict[str, Any]:
    parts = tuple(Part(name=row.order.allegro_id, number=row.sequence) for row in rows)
    forms = {f"{row.sequence} {row.order.allegro_id}": _form(_kept(row, row.order)) for row in rows}
    return _made_up(Kind.FORMS, at, seller, Content(parts=parts), trace_id=rows[0].trace_id, forms=forms)


def _kept(row: OrderRevision, order: Order) -> KeptForm:
    return KeptForm(
        form_id=order.allegro_id,
        payload=bytes(row.payload),
        content_sha256=row.content_sha256,
        purged_at=order.contact_purged_at,
    )


def _gone_before(events: Iterable[tuple[datetime, str, str]]) -> Iterator[dict[str, Any]]:
    for (at, seller), rows in groupby(events, key=lambda event: event[:2]):
        parts = tuple(Part(name=form_id, number=0) for _, _, form_id in rows)
        yield _made_up(Kind.GONE, at, seller, Content(parts=parts), trace_id="", forms={})


def _made_up(
    kind: Kind, at: datetime, seller: str, content: Content, *, trace_id: str, forms: Mapping[str, Any]
) -> dict[str, Any]:
    stored, kept_sha256 = packed(content)
    return {
        "seller": seller,
        "batch": str(uuid5(NAMESPACE_URL, f"{kind} {seller} {text_of(at)} {content.parts[0].name}")),
        "position": 0,
        "kind": kind.value,
        "at": text_of(at),
        "method": "",
        "path": "",
        "sent": "",
        "sent_sha256": "",
        "status": 0,
        "trace_id": trace_id,
        "sha256": "",
        "content": _base64(stored),
        "kept_sha256": kept_sha256,
        "purged_at": None,
        "forms": forms,
    }


def text_of(moment: datetime) -> str:
    """Write an instant to the microsecond."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def _plain(value: object) -> object:
    return text_of(value) if isinstance(value, datetime) else value


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode()
