"""Two rows that are one buyer, by a person's word: joined, and taken apart again."""

from datetime import datetime

from django.db import transaction

from stragan.companies.models import Company, User
from stragan.contractors.models import Contractor, ContractorChange
from stragan.contractors.states import Source
from stragan.core.errors import Refused
from stragan.kit.audit import Deed, record


class ContractorUnknown(Refused):
    """The company has no such contractor, or it was merged into another meanwhile."""

    code = "contractor_unknown"


class ContractorsSame(Refused):
    """A contractor cannot be merged into itself."""

    code = "contractors_same"


def merge_contractors(
    *, company: Company, keep_id: int, merge_id: int, by: User, now: datetime
) -> Contractor:
    """Let *merge_id* go up in *keep_id*, whose data stay. Documents keep what they say.

    The key of the merged one leads to the other from then on, so later documents go there too; those
    that were merged into it before follow.

    :raises ContractorsSame: they are one.
    :raises ContractorUnknown: one of them is not there any more.
    """
    if keep_id == merge_id:
        raise ContractorsSame
    with transaction.atomic():
        rows = Contractor.objects.for_company(company).filter(merged_into__isnull=True)
        locked = {
            row.pk: row for row in rows.filter(pk__in=(keep_id, merge_id)).select_for_update().order_by("id")
        }
        if len(locked) != 2:  # noqa: PLR2004 -- the two of them
            raise ContractorUnknown
        keep, merged = locked[keep_id], locked[merge_id]
        Contractor.objects.for_company(company).filter(merged_into=merged).update(merged_into=keep)
        merged.merged_into = keep
        merged.save(update_fields=["merged_into"])
        if merged.has_documents and not keep.has_documents:
            keep.has_documents = True
            keep.save(update_fields=["has_documents"])
        _keep(keep, merged, Source.MERGE, by=by, now=now)
    return keep


def split_contractor(*, company: Company, merged_id: int, by: User, now: datetime) -> Contractor:
    """Take a merged contractor out again: it stands for itself with its key and its documents.

    :raises ContractorUnknown: it is not merged into another.
    """
    with transaction.atomic():
        rows = Contractor.objects.for_company(company).select_for_update(of=("self",))
        merged = rows.filter(pk=merged_id, merged_into__isnull=False).select_related("merged_into").first()
        if merged is None or merged.merged_into is None:
            raise ContractorUnknown
        keep = merged.merged_into
        merged.merged_into = None
        merged.save(update_fields=["merged_into"])
        _keep(keep, merged, Source.SPLIT, by=by, now=now)
    return merged


def _keep(keep: Contractor, merged: Contractor, source: Source, *, by: User, now: datetime) -> None:
    names = {"merged": [merged.name, keep.name]}
    ContractorChange.objects.for_company(keep.company_id).bulk_create(
        ContractorChange(
            company_id=keep.company_id, contractor=row, at=now, source=source.value, by=by, changes=names
        )
        for row in (keep, merged)
    )
    deed = Deed(
        verb=f"contractor.{source}",
        subject="contractor",
        subject_id=keep.pk,
        company_id=keep.company_id,
        user_id=by.pk,
        facts={"merged": merged.pk},
    )
    record([deed], at=now)
