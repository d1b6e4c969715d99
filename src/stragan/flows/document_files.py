"""Files made from frozen snapshots: they can be lost and made again, byte for byte."""

import hashlib
import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Final

from django.conf import settings

from stragan.companies.models import Company
from stragan.core.dates import warsaw_date
from stragan.core.errors import Refused
from stragan.core.snapshot import DocumentSnapshot
from stragan.documents.logos import logo_of
from stragan.documents.models import Document, DocumentFile
from stragan.documents.queries import snapshot_of, voided_at
from stragan.kit.bulk import insert_rows

FORMATS: Final = ("pdf", "json")
VOID_PDF: Final = "pdf_void"
AT_ONCE: Final = 100
_COLUMNS: Final = ("document", "format", "path", "sha256", "size_bytes", "created_at")
_UNSAFE: Final = re.compile(r"[^A-Za-z0-9._-]+")


class ExportFolderUnusable(Refused):
    """Files cannot be written into that folder."""

    code = "export_folder_unusable"


class FormatUnavailable(Refused):
    """This format cannot be made yet."""

    code = "format_unavailable"


@dataclass(frozen=True, slots=True, kw_only=True)
class Exported:
    """One file that was written."""

    number: str
    path: Path
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NotExported:
    """A number that no document of the company has."""

    number: str
    code: str = "document_unknown"


def pdf_of(document: Document, *, now: datetime) -> bytes:
    """Give the PDF of a document: the stored file, or one made now from the snapshot and stored.

    A void document has a file of its own, marked as void on each page.
    """
    [data] = _pdfs_of([document], now=now)
    return data


def _pdfs_of(documents: Sequence[Document], *, now: datetime) -> list[bytes]:
    """Give the PDFs of documents; three statements for all of them."""
    ids = [document.pk for document in documents]
    voided = voided_at(ids)
    columns = ("document_id", "format", "sha256")
    stored = {
        (pk, file_format): sha256
        for pk, file_format, sha256 in DocumentFile.objects.filter(document_id__in=ids).values_list(*columns)
    }
    found, rows = [], []
    for document in documents:
        void_at = voided.get(document.pk)
        file_format = VOID_PDF if void_at else "pdf"
        path = _path_of(document, file_format)
        data = _kept(path, stored.get((document.pk, file_format)))
        if data is None:
            data = printed(snapshot_of(document), voided_on=warsaw_date(void_at) if void_at else None)
            _write(path, data)
            place = str(path.relative_to(settings.MEDIA_ROOT))
            rows.append((document.pk, file_format, place, _sha256(data), len(data), now))
        found.append(data)
    # Two that make the same file at once make the same bytes; the row is there either way.
    insert_rows(DocumentFile, columns=_COLUMNS, rows=rows, unique=_COLUMNS[:2], refreshed=_COLUMNS[2:])
    return found


def _kept(path: Path, sha256: str | None) -> bytes | None:
    """Give the stored file, where it is there and what was stored."""
    if sha256 is None or not path.exists():
        return None
    data = path.read_bytes()
    return data if _sha256(data) == sha256 else None


def printed(snapshot: DocumentSnapshot, *, voided_on: date | None = None) -> bytes:
    """Print a snapshot; the typesetter is loaded when it is first needed, web pages seldom do."""
    from stragan.formats import pdf  # noqa: PLC0415 -- see above

    return pdf.render(snapshot, voided_on=voided_on, logo=logo_of(snapshot.seller.logo_sha256))


def render_pdfs(*, document_ids: Sequence[int], now: datetime) -> None:
    """Make the PDFs of documents unless they are there: what jobs ``documents.render_pdf`` do."""
    documents = Document.objects.across_companies().in_bulk(document_ids)
    _pdfs_of([documents[pk] for pk in dict.fromkeys(document_ids)], now=now)


def file_name(number: str, file_format: str) -> str:
    """Name a file after a document: ``FV 118/11/2026`` becomes ``FV-118-11-2026.pdf``."""
    return f"{_UNSAFE.sub('-', number).strip('-.')}.{file_format}"


def export(
    *, company: Company, file_format: str, folder: Path, numbers: Sequence[str] | None, now: datetime
) -> Iterator[Exported | NotExported]:
    """Write documents of *company* into *folder*: those with *numbers*, or all, oldest first.

    A file is there whole or not at all. ``json`` is the frozen snapshot as it is stored.

    :raises FormatUnavailable: the format cannot be made yet.
    :raises ExportFolderUnusable: the folder is not there and cannot be made.
    """
    if file_format not in FORMATS:
        raise FormatUnavailable(format=file_format)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as failure:
        raise ExportFolderUnusable(folder=str(folder)) from failure
    return _exported(company, file_format=file_format, folder=folder, numbers=numbers, now=now)


def _exported(
    company: Company, *, file_format: str, folder: Path, numbers: Sequence[str] | None, now: datetime
) -> Iterator[Exported | NotExported]:
    for document in _chosen(company, numbers):
        if isinstance(document, str):
            yield NotExported(number=document)
            continue
        data = pdf_of(document, now=now) if file_format == "pdf" else bytes(document.snapshot)
        path = folder / file_name(document.number, file_format)
        _write(path, data)
        yield Exported(number=document.number, path=path, sha256=_sha256(data))


def _chosen(company: Company, numbers: Sequence[str] | None) -> Iterator[Document | str]:
    rows = Document.objects.for_company(company)
    if numbers is None:
        yield from rows.order_by("id").iterator(chunk_size=AT_ONCE)
        return
    wanted = list(dict.fromkeys(numbers))
    for start in range(0, len(wanted), AT_ONCE):
        part = wanted[start : start + AT_ONCE]
        found = {document.number: document for document in rows.filter(number__in=part)}
        for number in part:
            yield found.get(number, number)


def _path_of(document: Document, file_format: str) -> Path:
    name = str(document.public_id)
    return Path(settings.MEDIA_ROOT) / "documents" / name[:2] / f"{name}.{file_format}"


def _write(path: Path, data: bytes) -> None:
    """Write a file beside its place and move it there: a reader never sees half of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    beside.write_bytes(data)
    beside.replace(path)


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
