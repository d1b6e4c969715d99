"""Who works in a company, and as what; there is always an owner."""

from datetime import datetime

from django.db import transaction

from stragan.companies.actions.trail import record
from stragan.companies.models import Company, Membership, Role, User
from stragan.core.errors import Conflict, Refused


class LastOwner(Refused):
    """A company always keeps an owner."""

    code = "last_owner"


class MemberGone(Conflict):
    """The person is no member of the company any more."""

    code = "member_gone"


def change_member_role(
    *, company: Company, membership_id: int, role: str, by: User, now: datetime
) -> Membership:
    """Give a member another role.

    :raises MemberGone: no such member.
    :raises LastOwner: the company would be left without an owner.
    """
    with transaction.atomic():
        member = _locked_member(company, membership_id)
        if member.role == role:
            return member
        _keep_an_owner(company, leaving=member)
        was, member.role = member.role, Role(role)
        member.save(update_fields=["role"])
        record(
            "member.role_changed",
            company=company,
            by=by,
            now=now,
            facts={"user": member.user_id, "from": was, "to": role},
        )
    return member


def remove_member(*, company: Company, membership_id: int, by: User, now: datetime) -> None:
    """Take a person out of the company; their account and deeds stay.

    :raises MemberGone: no such member.
    :raises LastOwner: the company would be left without an owner.
    """
    with transaction.atomic():
        member = _locked_member(company, membership_id)
        _keep_an_owner(company, leaving=member)
        user_id = member.user_id
        member.delete()
        record("member.removed", company=company, by=by, now=now, facts={"user": user_id})


def _locked_member(company: Company, membership_id: int) -> Membership:
    # The company row is the lock: two owners must not remove each other at the same moment.
    Company.objects.select_for_update().get(pk=company.pk)
    member = Membership.objects.for_company(company).filter(pk=membership_id).first()
    if member is None:
        raise MemberGone
    return member


def _keep_an_owner(company: Company, *, leaving: Membership) -> None:
    others = Membership.objects.for_company(company).filter(role=Role.OWNER).exclude(pk=leaving.pk)
    if leaving.role == Role.OWNER and not others.exists():
        raise LastOwner
