"""How a company numbers its documents: one pattern for each kind, no number ever given twice."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.db.models import OuterRef, Subquery

from stragan.companies.models import Company, User
from stragan.core.errors import Refused
from stragan.core.numbering import InvalidPattern, checked_pattern, may_collide
from stragan.core.snapshot import DocumentKind
from stragan.documents.models import Document, NumberSeries, SeriesPattern
from stragan.documents.queries import patterns_of
from stragan.kit import audit


class PatternTaken(Refused):
    """Another kind has, or had, a pattern that could give the same number; ``other`` is that pattern."""

    code = "series_pattern_taken"


def faults_of(company: Company, wanted: Mapping[DocumentKind, str]) -> dict[DocumentKind, Refused]:
    """Say what is wrong with each pattern of *wanted*: its shape, or that a number could come twice.

    Looked at are the patterns of the other kinds and all that documents were ever numbered by.
    """
    after = {**patterns_of(company), **wanted}
    used = _used(company)
    faults: dict[DocumentKind, Refused] = {}
    for kind, text in wanted.items():
        try:
            pattern = checked_pattern(text)
        except InvalidPattern as fault:
            faults[kind] = fault
            continue
        others = [other for its_kind, other in after.items() if its_kind is not kind]
        others += [other for other, its_kind in used if (other, its_kind) != (pattern, kind)]
        clash = next((other for other in others if _clash(pattern, other)), None)
        if clash is not None:
            faults[kind] = PatternTaken(kind=kind.value, other=clash)
    return faults


def set_patterns(
    *, company: Company, wanted: Mapping[DocumentKind, str], by: User, now: datetime
) -> list[DocumentKind]:
    """Number documents by these patterns from now on; gives the kinds that changed.

    A pattern that was used before goes on where it stopped, a new one counts from 1. Documents keep their
    numbers.

    :raises InvalidPattern: a pattern has no usable shape.
    :raises PatternTaken: it could give a number that another kind has or gets.
    """
    with transaction.atomic():
        Company.objects.select_for_update().get(pk=company.pk)  # two people change one after the other
        for fault in faults_of(company, wanted).values():
            raise fault
        before = patterns_of(company)
        changed = {
            kind: pattern.strip() for kind, pattern in wanted.items() if before[kind] != pattern.strip()
        }
        for kind, pattern in changed.items():
            SeriesPattern.objects.for_company(company).update_or_create(
                company=company, kind=kind.value, defaults={"pattern": pattern, "changed_at": now}
            )
        deeds = [
            audit.Deed(
                verb="series.changed",
                subject="company",
                subject_id=company.pk,
                company_id=company.pk,
                user_id=by.pk,
                facts={"kind": kind.value, "was": before[kind], "is": pattern},
            )
            for kind, pattern in changed.items()
        ]
        audit.record(deeds, at=now)
    return list(changed)


def _used(company: Company) -> set[tuple[str, str]]:
    """Give every pattern that documents were numbered by, with their kind."""
    kind = Document.objects.across_companies().filter(series=OuterRef("pk")).order_by("sequence")
    rows = NumberSeries.objects.for_company(company).annotate(kind=Subquery(kind.values("kind")[:1]))
    return {(pattern, kind) for pattern, kind in rows.values_list("pattern", "kind") if kind}


def _clash(pattern: str, other: str) -> bool:
    try:
        return may_collide(pattern, checked_pattern(other))
    except InvalidPattern:
        return False  # that one is told beside its own field
