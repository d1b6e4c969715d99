"""A company and its owner are made once, changed by an owner, and always owned."""

from dataclasses import replace

import pytest

from builders.companies import NOW, PASSWORD, a_company, a_member
from stragan.companies import actions
from stragan.companies.models import Company, Membership, Role, User
from stragan.core.errors import Refused
from stragan.core.nip import InvalidNip
from stragan.kit.models import AuditEvent

pytestmark = pytest.mark.django_db

DATA = actions.CompanyData(
    nip="526-025-02-74", name="Próbna", street="ul. Wzorcowa 8", postal_code="00-999", city="Przykładowo"
)


def make(
    data: actions.CompanyData = DATA, *, email: str = "anna@example.com", password: str = PASSWORD
) -> Membership:
    return actions.create_company_with_owner(data=data, email=email, password=password, now=NOW)


def members_of(company: Company) -> list[tuple[str, str]]:
    rows = Membership.objects.for_company(company).order_by("id")
    return list(rows.values_list("user__email", "role"))


def test_a_company_is_made_with_its_owner_and_leaves_a_trace() -> None:
    membership = make(email="Anna@Example.com")
    assert (membership.company.nip, membership.user.email, membership.role) == (
        "5260250274",
        "anna@example.com",
        Role.OWNER,
    )
    event = AuditEvent.objects.across_companies().get()
    assert (event.verb, event.actor, event.company_id) == (
        "company.created",
        "command",
        membership.company_id,
    )


def test_asking_again_gives_the_first_result() -> None:
    first = make()
    again = make(replace(DATA, name="Another name"))
    assert again.pk == first.pk
    assert Company.objects.get().name == "Próbna"
    assert User.objects.count() == 1


def test_somebody_else_asking_for_the_same_nip_is_refused() -> None:
    make()
    with pytest.raises(actions.CompanyExists):
        make(email="eve@example.com")
    assert User.objects.count() == 1


def test_one_person_may_own_two_companies_with_the_right_password() -> None:
    make()
    second = replace(DATA, nip="7811767696")
    with pytest.raises(actions.EmailTaken):
        make(second, password="not the password 9")
    assert make(second).user.email == "anna@example.com"
    assert (Company.objects.count(), User.objects.count()) == (2, 1)


@pytest.mark.parametrize(
    ("data", "email", "password", "refusal"),
    [
        (replace(DATA, nip="5260250275"), "a@example.com", PASSWORD, InvalidNip),
        (replace(DATA, name=" "), "a@example.com", PASSWORD, actions.CompanyDataMissing),
        (replace(DATA, city=""), "a@example.com", PASSWORD, actions.CompanyDataMissing),
        (DATA, "a.example.com", PASSWORD, actions.EmailInvalid),
        (DATA, "a@example.com", "12345678", actions.PasswordWeak),
        (DATA, "a@example.com", "", actions.PasswordWeak),
    ],
)
def test_what_can_not_be_is_refused_and_leaves_nothing(
    data: actions.CompanyData, email: str, password: str, refusal: type[Refused]
) -> None:
    with pytest.raises(refusal):
        make(data, email=email, password=password)
    assert (Company.objects.count(), User.objects.count()) == (0, 0)


def test_a_seller_who_is_no_vat_payer_gets_the_usual_legal_basis() -> None:
    assert make(replace(DATA, vat_payer=False)).company.vat_exemption_basis == "art. 113 ust. 1 ustawy o VAT"


def test_a_change_of_settings_says_which_columns_and_who() -> None:
    membership = make()
    changes = actions.CompanySettings(
        name="Próbna",
        street="ul. Nowa 1",
        postal_code="00-999",
        city="Przykładowo",
        warehouse=True,
        books="none",
        allegro_module=True,
        close_order_on_issue=True,
    )
    company = actions.update_company(company=membership.company, changes=changes, by=membership.user, now=NOW)
    assert (company.street, company.close_order_on_issue_changed_by) == ("ul. Nowa 1", membership.user)
    event = AuditEvent.objects.across_companies().get(verb="company.changed")
    assert event.facts == {"columns": ["close_order_on_issue", "street"]}


def test_the_set_up_link_works_once_and_only_the_newest() -> None:
    old = actions.make_setup_token(now=NOW)
    token = actions.make_setup_token(now=NOW)
    assert not actions.setup_token_is_valid(token=old, now=NOW)
    assert actions.setup_token_is_valid(token=token, now=NOW)
    actions.use_setup_token(token=token, data=DATA, email="a@example.com", password=PASSWORD, now=NOW)
    assert not actions.setup_token_is_valid(token=token, now=NOW)
    with pytest.raises(actions.InvitationInvalid):
        actions.use_setup_token(token=token, data=DATA, email="b@example.com", password=PASSWORD, now=NOW)


def test_a_refused_set_up_leaves_the_link_usable() -> None:
    token = actions.make_setup_token(now=NOW)
    with pytest.raises(actions.PasswordWeak):
        actions.use_setup_token(token=token, data=DATA, email="a@example.com", password="x", now=NOW)
    assert actions.setup_token_is_valid(token=token, now=NOW)


def test_an_invited_person_joins_with_the_role_given_and_once() -> None:
    company = a_company()
    owner = a_member(company)
    token = actions.invite_member(
        company=company, email="Ola@example.com", role=Role.CLERK, by=owner, now=NOW
    )
    actions.accept_invitation(token=token, password=PASSWORD, now=NOW)
    assert members_of(company) == [("joanna@example.com", "owner"), ("ola@example.com", "clerk")]
    with pytest.raises(actions.InvitationInvalid):
        actions.accept_invitation(token=token, password=PASSWORD, now=NOW)
    with pytest.raises(actions.AlreadyMember):
        actions.invite_member(company=company, email="ola@example.com", role=Role.OWNER, by=owner, now=NOW)


def test_an_invited_person_with_an_account_needs_its_password() -> None:
    company, other = a_company(), a_company(nip="7811767696")
    owner, guest = a_member(company), a_member(other, email="ola@example.com")
    token = actions.invite_member(company=company, email=guest.email, role=Role.VIEWER, by=owner, now=NOW)
    with pytest.raises(actions.EmailTaken):
        actions.accept_invitation(token=token, password="not the password 9", now=NOW)
    assert actions.accept_invitation(token=token, password=PASSWORD, now=NOW).user == guest


def test_a_company_never_loses_its_last_owner() -> None:
    company = a_company()
    owner = a_member(company)
    row = Membership.objects.for_company(company).get()
    with pytest.raises(actions.LastOwner):
        actions.remove_member(company=company, membership_id=row.pk, by=owner, now=NOW)
    with pytest.raises(actions.LastOwner):
        actions.change_member_role(company=company, membership_id=row.pk, role=Role.CLERK, by=owner, now=NOW)
    second = a_member(company, email="ola@example.com")
    actions.change_member_role(company=company, membership_id=row.pk, role=Role.CLERK, by=second, now=NOW)
    actions.remove_member(company=company, membership_id=row.pk, by=second, now=NOW)
    assert members_of(company) == [("ola@example.com", "owner")]


def test_a_member_of_another_company_is_not_found() -> None:
    company, other = a_company(), a_company(nip="7811767696")
    owner, _ = a_member(company), a_member(other, email="ola@example.com")
    stranger = Membership.objects.for_company(other).get()
    with pytest.raises(actions.MemberGone):
        actions.remove_member(company=company, membership_id=stranger.pk, by=owner, now=NOW)
