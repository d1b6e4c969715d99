"""The company's picture on documents: frozen at issue, printed again byte for byte, left out when broken."""

import io
import struct
import zlib
from datetime import date
from typing import Any

import pypdf
import pytest
from django.db import DatabaseError, transaction

from builders.companies import NOW, a_member, a_shop
from builders.orders import a_numbered_form, stored
from builders.paper import issued_or_refused
from stragan.companies import actions as companies
from stragan.core.snapshot import DocumentKind
from stragan.documents.models import Document, PrintedLogo
from stragan.documents.queries import snapshot_of
from stragan.flows import draft_document
from stragan.flows.document_files import pdf_of, printed

pytestmark = pytest.mark.django_db


def a_png(width: int = 300, height: int = 60, *, blue: int = 80) -> bytes:
    """One plain color."""
    rows = b"".join(b"\0" + bytes([13, 92, blue]) * width for _ in range(height))

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


def pictures(pdf: bytes) -> int:
    return sum(len(page.images) for page in pypdf.PdfReader(io.BytesIO(pdf)).pages)


def test_a_document_bears_the_picture_of_its_day_for_ever(company: Any, settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path / "first"
    owner = a_member(company)
    orders = stored(a_shop(company), [a_numbered_form(1), a_numbered_form(2)], now=NOW)
    issued_or_refused(company, orders[:1])
    companies.set_logo(company=company, data=a_png(), by=owner, now=NOW)
    issued_or_refused(company, orders[1:])
    plain, adorned = Document.objects.for_company(company).order_by("id")
    first = pdf_of(adorned, now=NOW)
    assert (pictures(pdf_of(plain, now=NOW)), pictures(first)) == (0, 1)
    companies.set_logo(company=company, data=a_png(blue=200), by=owner, now=NOW)
    companies.remove_logo(company=company, by=owner, now=NOW)
    settings.MEDIA_ROOT = tmp_path / "second"
    assert pdf_of(adorned, now=NOW) == first
    assert printed(snapshot_of(adorned)) == first


def test_a_draft_shows_the_picture_and_keeps_nothing(company: Any) -> None:
    companies.set_logo(company=company, data=a_png(), by=a_member(company), now=NOW)
    [order] = stored(a_shop(company), [a_numbered_form(1)], now=NOW)
    view = draft_document.view_draft(company=company, order_id=order.pk, kind=DocumentKind.PRO_FORMA, now=NOW)
    pdf = draft_document.draft_pdf(view, now=NOW)
    assert pdf is not None
    assert pictures(pdf) == 1
    assert not PrintedLogo.objects.for_company(company).exists()


def test_a_picture_that_cannot_be_drawn_is_left_out(company: Any) -> None:
    companies.set_logo(company=company, data=a_png()[:60], by=a_member(company), now=NOW)
    [order] = stored(a_shop(company), [a_numbered_form(1)], now=NOW)
    [snapshot] = issued_or_refused(company, [order])
    assert snapshot.issue_date == date(2026, 11, 23)
    assert pictures(printed(snapshot)) == 0


def test_the_database_refuses_another_picture_under_one_hash(company: Any) -> None:
    companies.set_logo(company=company, data=a_png(), by=a_member(company), now=NOW)
    issued_or_refused(company, stored(a_shop(company), [a_numbered_form(1)], now=NOW))
    with pytest.raises(DatabaseError), transaction.atomic():
        PrintedLogo.objects.for_company(company).update(image=b"other")
