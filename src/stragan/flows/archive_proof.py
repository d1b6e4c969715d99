"""Proves that the archive is what Allegro sent: every hash is worked out again.

What was purged cannot be proved any more and is counted apart: its hashes stay, so that whoever still has an
answer, or a statement that names it, can hold it against them.
"""

import hashlib
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from stragan.archive.content import MARK, Content, unpacked
from stragan.archive.models import ArchivedAnswer
from stragan.archive.queries import walk
from stragan.archive.states import Kind
from stragan.companies.models import Company
from stragan.flows.archive_parts import forms_of
from stragan.gateways.allegro import content_hash
from stragan.orders.models import OrderRevision

_AT_ONCE: Final = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Altered:
    """Something that is not what its hash says: an answer by its id, or an order with the revision."""

    answer: int | None = None
    order: str = ""
    revision: int | None = None


@dataclass(slots=True)
class Verdict:
    """What was found. ``whole`` are answers that could be put together again byte for byte."""

    answers: int = 0
    whole: int = 0
    purged_answers: int = 0
    revisions: int = 0
    purged_revisions: int = 0
    altered: list[Altered] = field(default_factory=list)


def prove(company: Company) -> Verdict:
    """Work every hash of the company's archive out again."""
    verdict = Verdict()
    for answer in walk(company):
        verdict.answers += 1
        if answer.purged_at is not None:
            verdict.purged_answers += 1
        elif not _is_as_kept(answer):
            verdict.altered.append(Altered(answer=answer.pk))
        elif (body := _whole(answer, unpacked(bytes(answer.content)))) is not None:
            verdict.whole += 1
            if hashlib.sha256(body).hexdigest() != answer.sha256:
                verdict.altered.append(Altered(answer=answer.pk))
    for row in _revisions(company):
        verdict.revisions += 1
        if row.order.contact_purged_at is not None:
            verdict.purged_revisions += 1
        elif not _says(row):
            verdict.altered.append(Altered(order=row.order.allegro_id, revision=row.sequence))
    return verdict


def _is_as_kept(answer: ArchivedAnswer) -> bool:
    try:
        plain = zlib.decompress(bytes(answer.content))
    except zlib.error:
        return False
    return hashlib.sha256(plain).hexdigest() == answer.kept_sha256


def _whole(answer: ArchivedAnswer, content: Content) -> bytes | None:
    """The answer as it came; None where not all of it was kept or may be kept."""
    if not answer.sha256:
        return None  # from before answers were kept
    if answer.kind not in {Kind.FORMS, Kind.PAYMENTS, Kind.FEES, Kind.OFFERS}:
        return content.body
    if answer.kind != Kind.FORMS or not content.body:
        return None
    forms = forms_of(answer.shop, content.parts)
    found = [forms.get((part.name, part.number)) for part in content.parts]
    if not all(found) or any(form.purged_at for form in found if form):
        return None  # one could not be read and stands in quarantine, or was purged
    between = content.body.split(MARK)
    payloads = [*(zlib.decompress(form.payload) for form in found if form), b""]
    return b"".join(piece for pair in zip(between, payloads, strict=True) for piece in pair)


def _revisions(company: Company) -> Iterator[OrderRevision]:
    rows = OrderRevision.objects.filter(order__company=company).select_related("order")
    fields = ("sequence", "payload", "content_sha256", "order__allegro_id", "order__contact_purged_at")
    yield from rows.only(*fields).order_by("id").iterator(chunk_size=_AT_ONCE)


def _says(row: OrderRevision) -> bool:
    try:
        return content_hash(zlib.decompress(bytes(row.payload))) == row.content_sha256
    except zlib.error:
        return False
