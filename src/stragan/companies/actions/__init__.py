"""Deeds on companies and their people. Each is one transaction and leaves a trace."""

from stragan.companies.actions.company import (
    CompanyData,
    CompanyDataMissing,
    CompanyExists,
    CompanySettings,
    create_company_with_owner,
    set_receipts,
    update_company,
)
from stragan.companies.actions.logo import LARGEST_LOGO_BYTES, LogoRefused, remove_logo, set_logo
from stragan.companies.actions.members import LastOwner, MemberGone, change_member_role, remove_member
from stragan.companies.actions.people import EmailInvalid, EmailTaken, PasswordWeak, weakness_of
from stragan.companies.actions.retention import set_contact_months
from stragan.companies.actions.stock_policy import set_negative_stock
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
from stragan.companies.actions.vat import VatChange, change_vat_status, remove_vat_status

__all__ = [
    "LARGEST_LOGO_BYTES",
    "AlreadyMember",
    "CompanyData",
    "CompanyDataMissing",
    "CompanyExists",
    "CompanySettings",
    "EmailInvalid",
    "EmailTaken",
    "InvitationInvalid",
    "LastOwner",
    "LogoRefused",
    "MemberGone",
    "PasswordWeak",
    "VatChange",
    "accept_invitation",
    "change_member_role",
    "change_vat_status",
    "create_company_with_owner",
    "invitation_of",
    "invite_member",
    "make_setup_token",
    "remove_logo",
    "remove_member",
    "remove_vat_status",
    "set_contact_months",
    "set_logo",
    "set_negative_stock",
    "set_receipts",
    "setup_token_is_valid",
    "update_company",
    "use_setup_token",
    "weakness_of",
    "withdraw_invitation",
]
