"""Buyers: matched by NIP, then by the Allegro buyer id, never merged by name."""

from django.db import models
from django.db.models import Q

from stragan.companies.models import Company
from stragan.kit.tenancy import CompanyManager


class Contractor(models.Model):
    """A buyer of the company. ``match_key`` is ``nip:…``, ``vat:…`` or ``allegro:…``: unique.

    Documents keep their own snapshot of the buyer; this row holds the latest known data.
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
    search_text = models.TextField(blank=True)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    objects: CompanyManager["Contractor"] = CompanyManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "match_key"], name="contractor_key_once"),
            models.CheckConstraint(condition=~Q(match_key=""), name="contractor_key_given"),
        ]

    def __str__(self) -> str:
        return self.name
