"""What lists and pages ask about contractors. Every answer is ordered down to the id."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from django.db.models import Q, QuerySet

from stragan.companies.models import Company
from stragan.contractors.models import Contractor, ContractorChange, RegistryCheck
from stragan.core.folding import fold
from stragan.kit.counting import LIMIT, SEARCH_LIMIT, Counted, count_rows
from stragan.kit.search import SHORTEST_TRIGRAM, containing

CHANGES_SHOWN: Final = 50
NAMESAKES_SHOWN: Final = 20


class Who(StrEnum):
    """Companies have a tax number, consumers have none."""

    COMPANY = "company"
    CONSUMER = "consumer"


class Trait(StrEnum):
    """What the list can be narrowed to."""

    NIP = "nip"
    EU = "eu"
    PROBLEM = "problem"
    UNDOCUMENTED = "undocumented"


class Sort(StrEnum):
    """Orders of the list; each is backed by an index."""

    NEWEST = "-added"
    OLDEST = "added"
    NAME = "name"
    NAME_DOWN = "-name"


@dataclass(frozen=True, slots=True, kw_only=True)
class ContractorFilter:
    """What the filter bar says; empty parts narrow nothing."""

    text: str = ""
    who: str = ""
    trait: str = ""
    sort: Sort = Sort.NEWEST

    @property
    def is_plain(self) -> bool:
        """Whether nothing narrows the list."""
        return not (self.text or self.who or self.trait)


def matching(company: Company, wanted: ContractorFilter) -> QuerySet[Contractor]:
    """Contractors that the filter lets through, in its order; a search gives the newest first."""
    rows: QuerySet[Contractor] = Contractor.objects.for_company(company).filter(merged_into__isnull=True)
    if wanted.trait in {Trait.NIP, Trait.EU}:
        if wanted.who == Who.CONSUMER:
            return rows.none()  # whoever has a tax number is a company
    elif wanted.who:
        # "IN", for Django writes a truth value bare and SQLite finds no index by that.
        rows = rows.filter(is_company__in=(wanted.who == Who.COMPANY,))
    if wanted.trait:
        rows = rows.filter(_TRAITS[wanted.trait])
    text = fold(wanted.text)
    if len(text) >= SHORTEST_TRIGRAM:
        return containing(rows, wanted.text)
    if text:
        return rows.filter(_nip_starts(text)).order_by("match_key")  # as the unique key gives them
    if wanted.sort in {Sort.NAME, Sort.NAME_DOWN}:
        return rows.order_by(
            *(("-sort_name", "-id") if wanted.sort == Sort.NAME_DOWN else ("sort_name", "id"))
        )
    return rows.order_by("id" if wanted.sort == Sort.OLDEST else "-id")


_TRAITS: Final[dict[str, Q]] = {
    Trait.NIP: ~Q(nip=""),
    Trait.EU: ~Q(vat_eu=""),
    Trait.PROBLEM: ~Q(problem=""),
    Trait.UNDOCUMENTED: Q(has_documents__in=(False,)),
}


def count(company: Company, wanted: ContractorFilter) -> Counted:
    """How many match, exact up to the limit of lists, of a search up to ``SEARCH_LIMIT``."""
    # In the list's order: by it SQLite finds the index of the filter, and stops at the limit.
    return count_rows(matching(company, wanted), limit=SEARCH_LIMIT if wanted.text else LIMIT)


def contractor_of(company: Company, contractor_id: int) -> Contractor | None:
    """The contractor with this id, if it is the company's; a merged one too."""
    rows = Contractor.objects.for_company(company).select_related("merged_into")
    return rows.filter(pk=contractor_id).first()


def merged_into(contractor: Contractor) -> list[Contractor]:
    """Those that were merged into it, oldest first."""
    rows = Contractor.objects.for_company(contractor.company_id).filter(merged_into=contractor)
    return list(rows.order_by("id"))


def changes_of(contractor: Contractor) -> list[ContractorChange]:
    """The history of its data, newest first."""
    rows = ContractorChange.objects.for_company(contractor.company_id).filter(contractor=contractor)
    return list(rows.select_related("by").order_by("-id")[:CHANGES_SHOWN])


def latest_checks(contractor: Contractor) -> list[RegistryCheck]:
    """What registries answered, newest first."""
    rows = RegistryCheck.objects.for_company(contractor.company_id).filter(contractor=contractor)
    return list(rows.order_by("-id")[:CHANGES_SHOWN])


def candidates(company: Company, contractor: Contractor, text: str) -> list[Contractor]:
    """Others it may be merged with: by *text*, else those of the same name."""
    rows = Contractor.objects.for_company(company).filter(merged_into__isnull=True).exclude(pk=contractor.pk)
    if len(fold(text)) >= SHORTEST_TRIGRAM:
        return list(containing(rows, text)[:NAMESAKES_SHOWN])
    return list(rows.filter(sort_name=contractor.sort_name).order_by("id")[:NAMESAKES_SHOWN])


def _nip_starts(text: str) -> Q:
    """Contractors whose NIP starts with *text*, by a range of the unique key."""
    if not text.isdecimal():
        return Q(pk__in=())
    return Q(match_key__gte=f"nip:{text}", match_key__lte=f"nip:{text:9<10}")
