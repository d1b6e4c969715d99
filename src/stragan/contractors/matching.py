"""Whose document it is: found by NIP, EU VAT number or Allegro's buyer id, else added. Never by name."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from stragan.contractors.models import Contractor, ContractorChange
from stragan.contractors.states import Source
from stragan.core.folding import fold
from stragan.kit.bulk import insert_instances

DATA: Final = (
    "name",
    "nip",
    "vat_eu",
    "allegro_buyer_id",
    "allegro_login",
    "street",
    "postal_code",
    "city",
    "country",
)
_REFRESHED: Final = (
    *DATA,
    "is_company",
    "has_documents",
    "sort_name",
    "search_text",
    "updated_at",
)
_CHOSEN: Final = "id:"
_LONGEST_SORT_NAME: Final = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class BuyerFacts:
    """A buyer as one document knows it. ``order_id`` stands in where Allegro named no buyer.

    ``contractor_id`` says that a person chose the contractor: then nothing is matched or changed.
    """

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
    contractor_id: int | None = None

    @property
    def match_key(self) -> str:
        """What makes two buyers the same: NIP, else EU VAT number, else Allegro's buyer id; never a name."""
        if self.contractor_id is not None:
            return f"{_CHOSEN}{self.contractor_id}"
        return key_of(self) or f"order:{self.order_id}"


class Matched(dict[str, Contractor]):
    """Contractors by ``match_key``, and what the documents at hand changed in those that were there."""

    changes: Mapping[str, ContractorChange]


def key_of(row: BuyerFacts | Contractor) -> str:
    """The key that follows from the data alone; empty where they have none."""
    if row.nip:
        return f"nip:{row.nip}"
    if row.vat_eu:
        return f"vat:{row.vat_eu}"
    return f"allegro:{row.allegro_buyer_id}" if row.allegro_buyer_id else ""


def match_or_create(facts: Iterable[BuyerFacts], *, company_id: int, now: datetime) -> Matched:
    """Find or add the contractors of *facts* and bring their data up to date, in two statements.

    Gives contractors by ``match_key``. Of several facts with one key the last is the freshest. What a
    person put right is left as it is, and the key of one that was merged leads to the other. Safe beside
    others that do the same: known rows are locked, the unique key decides about new ones. Part of the
    caller's transaction; ``keep_changes`` writes the history once the documents have numbers.
    """
    freshest = {fact.match_key: fact for fact in facts}
    found = Matched()
    changes: dict[str, ContractorChange] = {}
    wanted: list[Contractor] = []
    chosen = {key: fact.contractor_id for key, fact in freshest.items() if fact.contractor_id is not None}
    rows = Contractor.objects.for_company(company_id)
    for pk, row in rows.filter(pk__in=chosen.values()).in_bulk().items() if chosen else ():
        found[f"{_CHOSEN}{pk}"] = _survivor(row)
    known = _known([key for key in freshest if key not in chosen], company_id=company_id)
    # In one order everywhere, so that two transactions never wait for each other in a circle.
    for key, fact in sorted(freshest.items()):
        if key in chosen:
            continue
        row, before = _row(fact, company_id=company_id, now=now), known.get(key)
        if before is None:
            wanted.append(row)
            continue
        found[key] = _survivor(before)
        if before.merged_into_id is None and not before.by_hand and (differs := difference(before, row)):
            changes[key] = ContractorChange(
                company_id=company_id,
                contractor=before,
                at=now,
                source=Source.DOCUMENT.value,
                changes=differs,
            )
            wanted.append(row)
        elif not found[key].has_documents:
            rows.filter(pk=found[key].pk).update(has_documents=True)
    insert_instances(wanted, key="match_key", unique=("company", "match_key"), refreshed=_REFRESHED)
    found |= {row.match_key: row for row in wanted}
    found.changes = changes
    return found


def keep_changes(matched: Matched, *, numbers: Mapping[str, str], user_id: int | None) -> None:
    """Write what documents changed in contractors; *numbers* are those of the documents, by match key."""
    for key, change in matched.changes.items():
        change.document_number, change.by_id = numbers.get(key, ""), user_id
    if matched.changes:
        ContractorChange.objects.across_companies().bulk_create(matched.changes.values())


def difference(before: Contractor, after: Contractor) -> dict[str, list[str]]:
    """The columns that differ, each with what it was and what it is."""
    return {
        name: [getattr(before, name), getattr(after, name)]
        for name in DATA
        if getattr(before, name) != getattr(after, name)
    }


def put_derived(row: Contractor) -> None:
    """Work out what follows from the data: what is sorted and searched by, and whether it is a company."""
    row.is_company = bool(row.nip or row.vat_eu)
    row.sort_name = fold(row.name)[:_LONGEST_SORT_NAME]
    row.search_text = fold(f"{row.name} {row.nip} {row.vat_eu} {row.allegro_login} {row.city}")


def _known(keys: list[str], *, company_id: int) -> dict[str, Contractor]:
    rows = Contractor.objects.for_company(company_id).filter(match_key__in=keys)
    locked = rows.select_related("merged_into").select_for_update(of=("self",)).order_by("match_key")
    return {row.match_key: row for row in locked}


def _survivor(row: Contractor) -> Contractor:
    return row.merged_into or row


def _row(fact: BuyerFacts, *, company_id: int, now: datetime) -> Contractor:
    row = Contractor(
        company_id=company_id,
        match_key=fact.match_key,
        created_at=now,
        updated_at=now,
        **{name: getattr(fact, name) for name in DATA},
    )
    put_derived(row)
    return row
