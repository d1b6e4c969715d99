"""Files follow from the frozen snapshot: made once, made again alike, named safely."""

import hashlib
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext

from builders.companies import NOW, a_shop
from builders.orders import a_numbered_form, stored
from stragan.core.snapshot import DocumentKind
from stragan.documents.actions import Author
from stragan.documents.models import Document, DocumentFile
from stragan.flows import document_files
from stragan.flows.issue_document import Issued, issue_documents
from stragan.flows.issue_preparing import Wish
from stragan.flows.void_document import void_document
from stragan.kit.audit import Actor

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 23)


@pytest.fixture
def document(company: Any, settings: Any, tmp_path: Path) -> Document:
    settings.MEDIA_ROOT = tmp_path
    [order] = stored(a_shop(company), [a_numbered_form(1)], now=NOW)
    wish = Wish(company=company, kind=DocumentKind.INVOICE, issue_date=TODAY, today=TODAY)
    issue_documents(
        [order.pk], wish=wish, author=Author(user=None, actor=Actor.COMMAND, now=NOW, asked_at=NOW)
    )
    return Document.objects.for_company(company).get()


def test_a_file_is_made_once_and_kept(document: Document, tmp_path: Path) -> None:
    first = document_files.pdf_of(document, now=NOW)
    [path] = tmp_path.rglob("*.pdf")
    written_at = path.stat().st_mtime_ns
    assert document_files.pdf_of(document, now=NOW) == first == path.read_bytes()
    assert path.stat().st_mtime_ns == written_at
    assert DocumentFile.objects.get().size_bytes == len(first)


@pytest.mark.parametrize("damage", [Path.unlink, lambda path: path.write_bytes(b"%PDF forged")])
def test_a_lost_or_damaged_file_is_made_again_byte_for_byte(
    document: Document, tmp_path: Path, damage: Any
) -> None:
    first = document_files.pdf_of(document, now=NOW)
    [path] = tmp_path.rglob("*.pdf")
    damage(path)
    assert document_files.pdf_of(document, now=NOW) == first == path.read_bytes()
    assert DocumentFile.objects.count() == 1


def test_many_files_are_made_with_as_many_statements_as_one(company: Any, document: Document) -> None:
    orders = stored(company.shops.get(), [a_numbered_form(number) for number in range(2, 6)], now=NOW)
    wish = Wish(company=company, kind=DocumentKind.INVOICE, issue_date=TODAY, today=TODAY)
    author = Author(user=None, actor=Actor.COMMAND, now=NOW, asked_at=NOW)
    issued = issue_documents([order.pk for order in orders], wish=wish, author=author)
    void_document(company=company, document_id=document.pk, reason="pomyłka", author=author)
    ids = [document.pk, *(one.document.pk for one in issued if isinstance(one, Issued))]

    def asked(some: list[int]) -> int:
        with CaptureQueriesContext(connection) as statements:
            document_files.render_pdfs(document_ids=some, now=NOW)
        return len(statements)

    assert [asked(ids[:1]), asked(ids[1:]), asked([ids[0], *ids])] == [4, 4, 3]
    rows = DocumentFile.objects.order_by("document_id")
    formats = [("pdf_void" if pk == document.pk else "pdf") for pk in ids]
    assert list(rows.values_list("document_id", "format")) == list(zip(ids, formats, strict=True))
    for row in rows:
        data = (Path(settings.MEDIA_ROOT) / row.path).read_bytes()
        assert (hashlib.sha256(data).hexdigest(), len(data)) == (row.sha256, row.size_bytes)


def test_a_file_is_named_after_its_document() -> None:
    assert document_files.file_name("FV 118/11/2026", "pdf") == "FV-118-11-2026.pdf"
    assert document_files.file_name("../../etc/passwd", "json") == "etc-passwd.json"


def test_an_unknown_format_is_refused(document: Document, tmp_path: Path) -> None:
    with pytest.raises(document_files.FormatUnavailable):
        document_files.export(
            company=document.company, file_format="fa3", folder=tmp_path / "out", numbers=None, now=NOW
        )
    assert not (tmp_path / "out").exists()
