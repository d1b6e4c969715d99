"""What was sold to whom: documents of contractors and their sums."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count, QuerySet, Sum
from django.db.models.functions import ExtractYear

from stragan.companies.models import Company
from stragan.core.money import ZERO
from stragan.core.snapshot import DocumentKind
from stragan.documents.models import Document
from stragan.documents.states import PAPER_KINDS


@dataclass(frozen=True, slots=True, kw_only=True)
class Turnover:
    """Documents of one kind, currency and year of issue. Amounts are of the documents, void ones left out.

    ``counts`` says whether they are turnover: pro formas and offers are none.
    """

    year: int
    kind: str
    currency: str
    documents: int
    net: Decimal
    gross: Decimal

    @property
    def counts(self) -> bool:
        """Whether the documents are turnover."""
        return self.kind not in PAPER_KINDS


def turnover_of(company: Company, contractor_ids: Sequence[int]) -> list[Turnover]:
    """Sum the documents of these contractors, newest year first.

    A correction counts with its difference. An invoice made from a receipt repeats it and is left out.
    """
    rows = (
        Document.objects.for_company(company)
        .filter(contractor_id__in=contractor_ids, void__isnull=True)
        .exclude(kind=DocumentKind.INVOICE, converted_from__kind=DocumentKind.RECEIPT)
        .annotate(year=ExtractYear("issue_date"))
        .values("year", "kind", "currency")
        .annotate(documents=Count("id"), all_net=Sum("net"), all_gross=Sum("gross"))
        .order_by("-year", "kind", "currency")
    )
    return [
        Turnover(
            year=row["year"],
            kind=row["kind"],
            currency=row["currency"],
            documents=row["documents"],
            net=row["all_net"] or ZERO,
            gross=row["all_gross"] or ZERO,
        )
        for row in rows
    ]


def documents_of(company: Company, contractor_ids: Sequence[int]) -> QuerySet[Document]:
    """The documents of these contractors, newest first, without their snapshots."""
    return (
        Document.objects.for_company(company)
        .filter(contractor_id__in=contractor_ids)
        .select_related("order", "void")
        .defer("snapshot")
        .order_by("-issue_date", "-id")
    )
