"""The company's picture on documents: frozen by its hash, so that a PDF can be made again byte for byte."""

import hashlib

from stragan.companies.models import Company, CompanyLogo
from stragan.documents.models import PrintedLogo


def logo_hash(company: Company) -> str:
    """Give the SHA-256 of the picture that documents issued now bear; empty where there is none."""
    image = _current(company)
    return hashlib.sha256(image).hexdigest() if image else ""


def keep_logo(company: Company, sha256: str) -> None:
    """Keep the picture for documents that bear it; part of the transaction that issues them."""
    rows = PrintedLogo.objects.for_company(company)
    if not sha256 or rows.filter(sha256=sha256).exists():
        return
    image = _current(company)
    assert hashlib.sha256(image).hexdigest() == sha256, "the hash was taken in this transaction"
    rows.bulk_create([PrintedLogo(company=company, sha256=sha256, image=image)], ignore_conflicts=True)


def logo_of(sha256: str) -> bytes:
    """Give the picture with that hash; for a draft the one the company has now. Nothing where it is gone."""
    if not sha256:
        return b""
    kept = (
        PrintedLogo.objects.across_companies().filter(sha256=sha256).values_list("image", flat=True).first()
    )
    if kept is not None:
        return bytes(kept)
    images = CompanyLogo.objects.across_companies().values_list("image", flat=True)
    return next((bytes(one) for one in images if hashlib.sha256(bytes(one)).hexdigest() == sha256), b"")


def _current(company: Company) -> bytes:
    image = CompanyLogo.objects.for_company(company).values_list("image", flat=True).first()
    return bytes(image) if image is not None else b""
