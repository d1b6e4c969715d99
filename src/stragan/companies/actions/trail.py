"""What deeds on a company leave in the trail."""

from collections.abc import Mapping
from datetime import datetime

from stragan.companies.models import Company, User
from stragan.kit import audit
from stragan.kit.audit import Actor, Deed


def record(
    verb: str,
    *,
    company: Company,
    by: User,
    now: datetime,
    facts: Mapping[str, object] | None = None,
    actor: Actor = Actor.USER,
) -> None:
    """Append one deed of *by* on *company*."""
    deed = Deed(
        verb=verb,
        subject="company",
        subject_id=company.pk,
        company_id=company.pk,
        user_id=by.pk,
        actor=actor,
        facts=facts or {},
    )
    audit.record([deed], at=now)
