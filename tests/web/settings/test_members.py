"""People come by links and leave; an owner always remains."""

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from builders.companies import PASSWORD, a_member
from stragan.companies.models import Invitation, Membership

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner(company: Any) -> Client:
    client = Client(headers={"Accept-Language": "pl"})
    client.force_login(a_member(company))
    return client


def invite(owner: Client, email: str = "nowa@example.com") -> str:
    answer = owner.post(reverse("settings:members"), {"email": email, "role": "clerk"}, follow=True)
    found = re.search(r'value="(http[^"]+/join/[^"]+)"', answer.content.decode())
    assert found is not None
    return found[1]


def test_a_link_is_shown_once_and_lets_one_person_in(company: Any, owner: Client) -> None:
    link = invite(owner)
    assert link not in owner.get(reverse("settings:members")).content.decode()
    guest = Client(headers={"Accept-Language": "pl"})
    path = link.removeprefix("http://127.0.0.1:8000")
    assert "nowa@example.com" in guest.get(path).content.decode()
    assert guest.post(path, {"password": "zdanie jest dobrym hasłem"}).status_code == 302
    assert Membership.objects.for_company(company).get(user__email="nowa@example.com").role == "clerk"
    assert guest.get(reverse("start")).status_code == 200
    assert Client().get(path).status_code == 404


def test_a_weak_password_is_refused_beside_its_field(owner: Client) -> None:
    path = invite(owner).removeprefix("http://127.0.0.1:8000")
    answer = Client(headers={"Accept-Language": "pl"}).post(path, {"password": "hasło"})
    assert answer.status_code == 422
    assert 'id="id_password_error"' in answer.content.decode()


def test_a_withdrawn_link_lets_nobody_in(company: Any, owner: Client) -> None:
    path = invite(owner).removeprefix("http://127.0.0.1:8000")
    invitation = Invitation.objects.get(company=company)
    owner.post(reverse("settings:withdraw", args=[invitation.pk]))
    assert Client().get(path).status_code == 404
    assert owner.post(reverse("settings:withdraw", args=[invitation.pk])).status_code == 404


def test_somebody_who_works_here_is_not_invited_again(owner: Client) -> None:
    answer = owner.post(reverse("settings:members"), {"email": "joanna@example.com", "role": "clerk"})
    assert answer.status_code == 422
    assert 'id="id_email_error"' in answer.content.decode()


def test_the_last_owner_neither_leaves_nor_steps_down(company: Any, owner: Client) -> None:
    me = Membership.objects.for_company(company).get()
    removal = reverse("settings:member_remove", args=[me.pk])
    assert removal not in owner.get(reverse("settings:members")).content.decode()
    owner.post(removal)
    owner.post(reverse("settings:member_role", args=[me.pk]), {"role": "viewer"})
    me.refresh_from_db()
    assert me.role == "owner"


def test_a_member_changes_role_and_is_removed_after_a_question(company: Any, owner: Client) -> None:
    user = a_member(company, email="kamil@example.com", role="clerk")
    member = Membership.objects.for_company(company).get(user=user)
    owner.post(reverse("settings:member_role", args=[member.pk]), {"role": "viewer"})
    member.refresh_from_db()
    assert member.role == "viewer"
    page = owner.get(reverse("settings:member_remove", args=[member.pk]))
    assert "Co się stanie" in page.content.decode()
    owner.post(reverse("settings:member_remove", args=[member.pk]))
    assert not Membership.objects.for_company(company).filter(user=user).exists()
    left = Client()
    left.login(email="kamil@example.com", password=PASSWORD)
    assert left.get(reverse("start")).headers["Location"] == reverse("people:no_company")
