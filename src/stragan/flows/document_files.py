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
from stragan.documents.queries import snapshot_of, void_of

FORMATS: Final = ("pdf", "json")
VOID_PDF: Final = "pdf_void"
AT_ONCE: Final = 100
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
    void = void_of(document)
    file_format = "pdf" if void is None else VOID_PDF
    path = _path_of(document, file_format)
    row = DocumentFile.objects.filter(document=document, format=file_format).first()
    if row is not None and path.exists():
        data = path.read_bytes()
        if _sha256(data) == row.sha256:
            return data
    voided_on = warsaw_date(void.at) if void else None
    data = printed(snapshot_of(document), voided_on=voided_on)
    _write(path, data)
    made = DocumentFile(
        document=document,
        format=file_format,
        path=str(path.relative_to(settings.MEDIA_ROOT)),
        sha256=_sha256(data),
        size_bytes=len(data),
        created_at=now,
    )
    # Two that make the same file at once make the same bytes; the row is there either way.
    DocumentFile.objects.bulk_create(
        [made],
        update_conflicts=True,
        unique_fields=["document", "format"],
        update_fields=["path", "sha256", "size_bytes", "created_at"],
    )
    return data


def printed(snapshot: DocumentSnapshot, *, voided_on: date | None = None) -> bytes:
    """Print a snapshot; the typesetter is loaded when it is first needed, web pages seldom do."""
    from stragan.formats import pdf  # noqa: PLC0415 -- see above

    return pdf.render(snapshot, voided_on=voided_on, logo=logo_of(snapshot.seller.logo_sha256))


def render_pdf(*, document_id: int, now: datetime) -> None:
    """Make the PDF of a document unless it is there: what the job ``documents.render_pdf`` does."""
    document = Document.objects.across_companies().get(pk=document_id)
    pdf_of(document, now=now)


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
