"""Deeds on companies and their people. Each is one transaction and leaves a trace."""

from stragan.companies.actions.company import (
    CompanyData,
    CompanyDataMissing,
    CompanyExists,
    CompanySettings,
    create_company_with_owner,
    update_company,
)
from stragan.companies.actions.members import LastOwner, MemberGone, change_member_role, remove_member
from stragan.companies.actions.people import EmailInvalid, EmailTaken, PasswordWeak, weakness_of
from stragan.companies.actions.tokens import (
    AlreadyMember,
    InvitationInvalid,
    accept_invitation,
    invitation_of,
    invite_member,
    make_setup_token,
    setup_token_is_valid,
    use_setup_token,
    withdraw_invitation,
)

__all__ = [
    "AlreadyMember",
    "CompanyData",
    "CompanyDataMissing",
    "CompanyExists",
    "CompanySettings",
    "EmailInvalid",
    "EmailTaken",
    "InvitationInvalid",
    "LastOwner",
    "MemberGone",
    "PasswordWeak",
    "accept_invitation",
    "change_member_role",
    "create_company_with_owner",
    "invitation_of",
    "invite_member",
    "make_setup_token",
    "remove_member",
    "setup_token_is_valid",
    "update_company",
    "use_setup_token",
    "weakness_of",
    "withdraw_invitation",
]
