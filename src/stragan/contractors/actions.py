"""Buyers become contractors when a document is issued for them (S3, S37)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from stragan.contractors.models import Contractor
from stragan.core.folding import fold

_REFRESHED = (
    "name",
    "nip",
    "vat_eu",
    "allegro_buyer_id",
    "allegro_login",
    "street",
    "postal_code",
    "city",
    "country",
    "search_text",
    "updated_at",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class BuyerFacts:
    """A buyer as one document knows it. ``order_id`` stands in where Allegro named no buyer."""

    name: str
    street: str
    postal_code: str
    city: str
    country: str
    nip: str
    vat_eu: str
    allegro_buyer_id: str
    allegro_login: str
    order_id: str

    @property
    def match_key(self) -> str:
        """What makes two buyers the same: NIP, else EU VAT number, else Allegro's buyer id; never a name."""
        if self.nip:
            return f"nip:{self.nip}"
        if self.vat_eu:
            return f"vat:{self.vat_eu}"
        if self.allegro_buyer_id:
            return f"allegro:{self.allegro_buyer_id}"
        return f"order:{self.order_id}"


def match_or_create(
    facts: Iterable[BuyerFacts], *, company_id: int, now: datetime
) -> Mapping[str, Contractor]:
    """Find or add the contractors of *facts* in one statement and bring their data up to date.

    Gives contractors by ``match_key``. Of several facts with one key the last is the freshest. Safe beside
    others that do the same: the unique key decides. Part of the caller's transaction.
    """
    freshest = {fact.match_key: fact for fact in facts}
    # In one order everywhere, so that two transactions never wait for each other in a circle.
    rows = [
        Contractor(
            company_id=company_id,
            match_key=key,
            name=fact.name,
            nip=fact.nip,
            vat_eu=fact.vat_eu,
            allegro_buyer_id=fact.allegro_buyer_id,
            allegro_login=fact.allegro_login,
            street=fact.street,
            postal_code=fact.postal_code,
            city=fact.city,
            country=fact.country,
            search_text=fold(f"{fact.name} {fact.nip} {fact.vat_eu} {fact.allegro_login} {fact.city}"),
            created_at=now,
            updated_at=now,
        )
        for key, fact in sorted(freshest.items())
    ]
    saved = Contractor.objects.for_company(company_id).bulk_create(
        rows, update_conflicts=True, unique_fields=["company", "match_key"], update_fields=_REFRESHED
    )
    return {row.match_key: row for row in saved}
