"""The page of number series: patterns with the number each would give, faults beside them, nothing twice."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.test import Client

from builders.companies import NOW, a_member, a_shop
from builders.orders import a_numbered_form, stored
from stragan.core.snapshot import DocumentKind
from stragan.documents import series
from stragan.documents.actions import Author
from stragan.documents.models import SeriesPattern
from stragan.documents.queries import patterns_of
from stragan.flows.issue_document import issue_documents
from stragan.flows.issue_preparing import Wish
from stragan.kit.audit import Actor
from stragan.kit.models import AuditEvent
from web.documents.pages import text_of

pytestmark = pytest.mark.django_db
SignIn = Callable[..., Client]
URL = "/settings/series/"
TODAY = date(2026, 11, 23)
INVOICE, RECEIPT = DocumentKind.INVOICE, DocumentKind.RECEIPT


@pytest.fixture
def owner(company: Any, monkeypatch: pytest.MonkeyPatch) -> Client:
    monkeypatch.setenv("STRAGAN_NOW", NOW.isoformat())
    client = Client(headers={"Accept-Language": "pl"})
    client.force_login(a_member(company))
    return client


def form(company: Any, **changes: str) -> dict[str, str]:
    return {kind.value: pattern for kind, pattern in patterns_of(company).items()} | changes


def issue(company: Any, orders: list[Any], kind: DocumentKind = INVOICE) -> list[str]:
    author = Author(user=None, actor=Actor.COMMAND, now=NOW, asked_at=NOW)
    wish = Wish(company=company, kind=kind, issue_date=TODAY, today=TODAY)
    outcomes = issue_documents([order.pk for order in orders], wish=wish, author=author)
    return [one.document.number for one in outcomes]  # type: ignore[union-attr]  # nothing refuses them


def test_a_new_pattern_numbers_from_one_and_an_old_one_goes_on(owner: Client, company: Any) -> None:
    orders = stored(a_shop(company), [a_numbered_form(number) for number in range(1, 6)], now=NOW)
    assert issue(company, orders[:2]) == ["FV 1/11/2026", "FV 2/11/2026"]
    assert owner.post(URL, form(company, invoice="FA/{year}/{nr}")).status_code == 302
    assert issue(company, orders[2:3]) == ["FA/2026/1"]
    owner.post(URL, form(company, invoice="FV {nr}/{month}/{year}"))
    assert issue(company, orders[3:]) == ["FV 3/11/2026", "FV 4/11/2026"]
    events = AuditEvent.objects.for_company(company).filter(verb="series.changed").order_by("id")
    assert [one.facts["is"] for one in events] == ["FA/{year}/{nr}", "FV {nr}/{month}/{year}"]


@pytest.mark.parametrize(
    ("kind", "pattern", "told"),
    [
        ("invoice", "FV {nr}/{month}", "Przy {month} musi być {year}"),
        ("invoice", "FV {month}/{year}", "Brakuje {nr}"),
        ("invoice", "", "Wpisz wzór."),
        ("invoice", "FV {nr} {what}", "W nawiasach może być tylko"),
        ("receipt", "FV {nr}/{month}/{year}", "Taki wzór mógłby dać numer"),
        ("receipt", "FV {nr}/11/{year}", "Taki wzór mógłby dać numer"),
    ],
)
def test_a_bad_pattern_is_told_beside_its_field_and_saves_nothing(
    owner: Client, company: Any, kind: str, pattern: str, told: str
) -> None:
    answer = owner.post(URL, form(company, **{kind: pattern}))
    assert (answer.status_code, told in text_of(answer)) == (422, True)
    assert not SeriesPattern.objects.for_company(company).exists()


def test_a_pattern_that_another_kind_had_is_not_given_again(owner: Client, company: Any) -> None:
    [order, other] = stored(a_shop(company), [a_numbered_form(1), a_numbered_form(2)], now=NOW)
    issue(company, [order])
    owner.post(URL, form(company, invoice="FA {nr}/{year}"))
    with pytest.raises(series.PatternTaken):
        series.set_patterns(
            company=company,
            wanted={RECEIPT: "FV {nr}/{month}/{year}"},
            by=a_member(company, email="drugi@example.com"),
            now=NOW,
        )
    assert issue(company, [other], RECEIPT) == ["PAR 1/11/2026"]


def test_the_number_to_be_is_shown_while_typing(owner: Client, company: Any) -> None:
    fragment = owner.post(URL, form(company, offer="O/{nr}/{year}"), headers={"HX-Request": "true"})
    text = text_of(fragment)
    assert "O/1/2026 Po zmianie seria liczy od 1" in text
    assert "<html" not in fragment.content.decode()
    assert not SeriesPattern.objects.for_company(company).exists()


def test_others_see_the_patterns_and_change_nothing(owner: Client, company: Any) -> None:
    clerk = Client(headers={"Accept-Language": "pl"})
    clerk.force_login(a_member(company, email="kamil@example.com", role="clerk"))
    assert "FV 1/11/2026" in text_of(clerk.get(URL))
    assert clerk.post(URL, form(company, invoice="FA {nr}/{year}")).status_code == 403
    assert "PAR 1/11/2026" in text_of(owner.get(URL))
