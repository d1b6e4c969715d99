"""Puts answers into the archive: compressed, with what is needed to read them again and to prove them."""

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import uuid4

from stragan.archive.content import Content, packed
from stragan.archive.models import ArchivedAnswer
from stragan.archive.states import Kind
from stragan.kit.bulk import insert_rows
from stragan.shops.models import Shop

_COLUMNS: Final = (
    "company",
    "shop",
    "batch",
    "position",
    "kind",
    "at",
    "method",
    "path",
    "sent",
    "sent_sha256",
    "status",
    "trace_id",
    "sha256",
    "content",
    "kept_sha256",
)
_LONGEST_PATH: Final = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """An answer to keep, with its request; no header, and so no token."""

    kind: Kind
    method: str
    path: str
    status: int
    trace_id: str
    sha256: str
    content: Content
    sent: bytes = b""
    sent_sha256: str = ""


def keep(shop: Shop, answers: Sequence[Answer], *, at: datetime) -> None:
    """Add answers that were taken in together, in the caller's transaction; one statement."""
    if not answers:
        return
    batch = uuid4()
    rows = []
    for position, answer in enumerate(answers):
        content, kept_sha256 = packed(answer.content)
        rows.append(
            (
                shop.company_id,
                shop.pk,
                batch,
                position,
                answer.kind.value,
                at,
                answer.method,
                answer.path[:_LONGEST_PATH],
                zlib.compress(answer.sent) if answer.sent else b"",
                answer.sent_sha256,
                answer.status,
                answer.trace_id[:80],
                answer.sha256,
                content,
                kept_sha256,
            )
        )
    insert_rows(ArchivedAnswer, columns=_COLUMNS, rows=rows)
