"""Buyers: matched by NIP, then by the Allegro buyer id, never merged by name."""

from typing import Final

from django.conf import settings
from django.db import models
from django.db.models import Q

from stragan.companies.models import Company
from stragan.contractors.states import Answer, Registry, Source
from stragan.kit.tenancy import CompanyManager

_LISTED: Final = Q(merged_into__isnull=True)


def _both(column: str) -> tuple[models.Index, models.Index]:
    """Indexes of the few rows where *column* is not empty, for each order of the list.

    With what the condition looks at, for SQLite looks at it again and else would read each row.
    """
    condition = _LISTED & ~Q(**{column: ""})
    looked_at = (column, "merged_into")
    return (
        models.Index(fields=["company", "-id", *looked_at], condition=condition, name=f"contractor_{column}"),
        models.Index(
            fields=["company", "sort_name", "id", *looked_at],
            condition=condition,
            name=f"contractor_{column}_name",
        ),
    )


class Contractor(models.Model):
    """A buyer of the company. ``match_key`` is ``nip:…``, ``vat:…``, ``allegro:…`` …: unique.

    Documents keep their own snapshot of the buyer; this row holds the latest known data, unless a person
    put them right (``by_hand``): then documents leave them alone. One that was merged into another stays,
    so that its key leads to the other; it is in no list.
    """

    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="contractors")
    match_key = models.CharField(max_length=80)
    name = models.CharField(max_length=512)
    nip = models.CharField(max_length=10, blank=True)
    vat_eu = models.CharField(max_length=20, blank=True)
    allegro_buyer_id = models.CharField(max_length=40, blank=True)
    allegro_login = models.CharField(max_length=120, blank=True)
    street = models.CharField(max_length=300, blank=True)
    postal_code = models.CharField(max_length=20, blank=True)
    city = models.CharField(max_length=200, blank=True)
    country = models.CharField(max_length=2, default="PL")
    is_company = models.BooleanField(default=False)  # has a tax number
    has_documents = models.BooleanField(default=True)
    by_hand = models.BooleanField(default=False)
    problem = models.CharField(max_length=24, blank=True)  # what a registry said against it
    merged_into = models.ForeignKey(
        "self", null=True, on_delete=models.PROTECT, related_name="merged", db_index=False
    )
    sort_name = models.CharField(max_length=64, blank=True)
    search_text = models.TextField(blank=True)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    objects: CompanyManager["Contractor"] = CompanyManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "match_key"], name="contractor_key_once"),
            models.CheckConstraint(condition=~Q(match_key=""), name="contractor_key_given"),
            models.CheckConstraint(condition=~Q(merged_into=models.F("id")), name="contractor_not_in_itself"),
        ]
        indexes = [
            models.Index(fields=["company", "-id"], condition=_LISTED, name="contractor_newest"),
            models.Index(fields=["company", "sort_name", "id"], condition=_LISTED, name="contractor_name"),
            models.Index(fields=["company", "is_company", "-id"], condition=_LISTED, name="contractor_sort"),
            models.Index(
                fields=["company", "is_company", "sort_name", "id"],
                condition=_LISTED,
                name="contractor_sort_name",
            ),
            *_both("nip"),
            *_both("vat_eu"),
            *_both("problem"),
            # A column and no condition: SQLite knows no index by a truth value alone.
            models.Index(
                fields=["company", "has_documents", "-id"], condition=_LISTED, name="contractor_documented"
            ),
            models.Index(
                fields=["merged_into"], condition=Q(merged_into__isnull=False), name="contractor_merged"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class ContractorChange(models.Model):
    """What changed in a contractor's data, when, and by which document or person."""

    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="+", db_index=False)
    contractor = models.ForeignKey(
        Contractor, on_delete=models.PROTECT, related_name="changes", db_index=False
    )
    at = models.DateTimeField()
    source = models.CharField(max_length=8, choices=[(s.value, s.value) for s in Source])
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )
    document_number = models.CharField(max_length=60, blank=True)
    changes = models.JSONField(default=dict)  # column → [before, after]

    objects: CompanyManager["ContractorChange"] = CompanyManager()

    class Meta:
        indexes = [models.Index(fields=["contractor", "-id"], name="contractor_change")]

    def __str__(self) -> str:
        return f"{self.contractor_id} {self.source}"


class RegistryCheck(models.Model):
    """What a public registry answered about a number, on which day: the proof of due care.

    ``unknown`` means that it did not answer; it says nothing about the contractor. Times are real.
    """

    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="+", db_index=False)
    contractor = models.ForeignKey(
        Contractor, on_delete=models.PROTECT, related_name="checks", db_index=False
    )
    registry = models.CharField(max_length=10, choices=[(r.value, r.value) for r in Registry])
    number = models.CharField(max_length=20)
    answer = models.CharField(max_length=16, choices=[(a.value, a.value) for a in Answer])
    reason = models.CharField(max_length=60, blank=True)  # why it is unknown, in the registry's word
    reference = models.CharField(max_length=80, blank=True)  # consultation number, or id of the request
    name = models.CharField(max_length=512, blank=True)
    at = models.DateTimeField()
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )

    objects: CompanyManager["RegistryCheck"] = CompanyManager()

    class Meta:
        indexes = [models.Index(fields=["contractor", "-id"], name="registry_check_latest")]

    def __str__(self) -> str:
        return f"{self.registry} {self.answer}"
