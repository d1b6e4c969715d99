"""One-time links: to set up the installation, to join a company. Only their hashes are kept."""

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from stragan.companies.actions.company import CompanyData, create_company_with_owner
from stragan.companies.actions.people import checked_email, user_with
from stragan.companies.actions.trail import record
from stragan.companies.models import Company, Invitation, Membership, Role, User
from stragan.core.errors import Refused
from stragan.kit.audit import Actor

SETUP_TOKEN_LIFE: Final = timedelta(days=7)
INVITATION_LIFE: Final = timedelta(days=7)


class InvitationInvalid(Refused):
    """The link is unknown, used or too old."""

    code = "invitation_invalid"


class AlreadyMember(Refused):
    """The person works in this company already."""

    code = "already_member"


def make_setup_token(*, now: datetime) -> str:
    """Make the one-time token of the first-run page; earlier unused ones stop working."""
    with transaction.atomic():
        Invitation.objects.filter(company=None, used_at=None).delete()
        token = secrets.token_urlsafe(24)
        Invitation.objects.create(
            token_sha256=_sha256(token), role=Role.OWNER, created_at=now, expires_at=now + SETUP_TOKEN_LIFE
        )
    return token


def setup_token_is_valid(*, token: str, now: datetime) -> bool:
    """Whether the first-run page may be shown for *token*; does not use it up."""
    return Invitation.objects.filter(
        token_sha256=_sha256(token), company=None, used_at=None, expires_at__gt=now
    ).exists()


def use_setup_token(*, token: str, data: CompanyData, email: str, password: str, now: datetime) -> Membership:
    """Make the first company and its owner with the token printed at start, which is then used up.

    :raises InvitationInvalid: the token is unknown, used, too old, or a company exists already.
    """
    with transaction.atomic():
        invitation = _open_invitation(token=token, now=now)
        if invitation.company_id is not None or Company.objects.exists():
            raise InvitationInvalid
        membership = create_company_with_owner(
            data=data, email=email, password=password, now=now, actor=Actor.USER
        )
        _use(invitation, now=now)
    return membership


def invite_member(*, company: Company, email: str, role: str, by: User, now: datetime) -> str:
    """Make a link that lets one person join with *role*; gives its token, of which only the hash is kept.

    :raises EmailInvalid: not an e-mail address.
    :raises AlreadyMember: the person works here already.
    """
    address = checked_email(email)
    if Membership.objects.for_company(company).filter(user__email=address).exists():
        raise AlreadyMember(email=address)
    token = secrets.token_urlsafe(24)
    with transaction.atomic():
        Invitation.objects.filter(company=company, email=address, used_at=None).delete()
        invitation = Invitation.objects.create(
            token_sha256=_sha256(token),
            company=company,
            role=Role(role),
            email=address,
            created_at=now,
            expires_at=now + INVITATION_LIFE,
        )
        record(
            "member.invited",
            company=company,
            by=by,
            now=now,
            facts={"invitation": invitation.pk, "role": role},
        )
    return token


def invitation_of(*, token: str, now: datetime) -> Invitation:
    """The open invitation to a company behind *token*, for the page that accepts it.

    :raises InvitationInvalid: unknown, used or too old.
    """
    row = (
        Invitation.objects.select_related("company")
        .filter(token_sha256=_sha256(token), used_at=None, expires_at__gt=now)
        .exclude(company=None)
        .first()
    )
    if row is None:
        raise InvitationInvalid
    return row


def accept_invitation(*, token: str, password: str, now: datetime) -> Membership:
    """Join a company by its link: with a new password, or with that of the existing account.

    :raises InvitationInvalid: the link is unknown, used or too old.
    :raises PasswordWeak: a new person's password is easy to guess.
    :raises EmailTaken: the account exists and the password is not its own.
    """
    with transaction.atomic():
        invitation = _open_invitation(token=token, now=now)
        company = invitation.company
        if company is None:
            raise InvitationInvalid
        user = user_with(email=invitation.email, password=password)
        membership = _join(company=company, user=user, role=Role(invitation.role), now=now)
        _use(invitation, now=now)
        record(
            "member.joined",
            company=company,
            by=user,
            now=now,
            facts={"user": user.pk, "role": invitation.role},
        )
    return membership


def withdraw_invitation(*, company: Company, invitation_id: int, by: User, now: datetime) -> bool:
    """Make an unused link stop working; False when there is no such link any more."""
    with transaction.atomic():
        rows = Invitation.objects.filter(pk=invitation_id, company=company, used_at=None)
        if not rows.delete()[0]:
            return False
        record(
            "member.invitation_withdrawn",
            company=company,
            by=by,
            now=now,
            facts={"invitation": invitation_id},
        )
    return True


def _join(*, company: Company, user: User, role: Role, now: datetime) -> Membership:
    return Membership.objects.for_company(company).get_or_create(
        company=company, user=user, defaults={"role": role, "created_at": now}
    )[0]


def _open_invitation(*, token: str, now: datetime) -> Invitation:
    row = (
        Invitation.objects.select_for_update()
        .filter(token_sha256=_sha256(token), used_at=None, expires_at__gt=now)
        .first()
    )
    if row is None:
        raise InvitationInvalid
    return row


def _use(invitation: Invitation, *, now: datetime) -> None:
    invitation.used_at = now
    invitation.save(update_fields=["used_at"])


def _sha256(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
