"""Contractors in the browser: the list with its filters and files, the page of one, merging, registries."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from builders.companies import NOW, a_company, a_member, a_shop
from builders.orders import a_numbered_form, for_a_company, stored
from standins.registries.app import KEY, People
from standins.registries.app import Company as Taxpayer
from standins.registries.server import running
from stragan.contractors.actions import ContractorData, add_contractor
from stragan.contractors.models import Contractor, RegistryCheck
from stragan.core.snapshot import DocumentKind
from stragan.documents.actions import Author
from stragan.flows.issue_document import issue_documents
from stragan.flows.issue_preparing import Wish
from stragan.formats.sheets import read_table
from stragan.kit.audit import Actor
from web.documents.pages import text_of

pytestmark = pytest.mark.django_db
LIST = "/contractors/"
TYPED = {
    "nip": "",
    "vat_eu": "",
    "name": "Jan Testowy",
    "street": "ul. Krótka 3",
    "postal_code": "00-001",
    "city": "Warszawa",
    "country": "PL",
}
SignIn = Callable[..., Client]


@pytest.fixture
def signed_in(company: Any, monkeypatch: pytest.MonkeyPatch) -> SignIn:
    monkeypatch.setenv("STRAGAN_NOW", NOW.isoformat())

    def sign_in(role: str = "owner", *, language: str = "pl") -> Client:
        client = Client(headers={"Accept-Language": language})
        client.force_login(a_member(company, email=f"{role}@example.com", role=role))
        return client

    return sign_in


@pytest.fixture
def buyers(company: Any) -> list[Contractor]:
    """A company and a consumer with an invoice each."""
    orders = stored(a_shop(company), [for_a_company(a_numbered_form(1)), a_numbered_form(2)], now=NOW)
    wish = Wish(company=company, kind=DocumentKind.INVOICE, issue_date=NOW.date(), today=NOW.date())
    author = Author(user=None, actor=Actor.COMMAND, now=NOW, asked_at=NOW)
    issue_documents([order.pk for order in orders], wish=wish, author=author)
    return list(Contractor.objects.for_company(company).order_by("-is_company"))


def detail(row: Contractor, name: str = "detail", *more: int) -> str:
    return reverse(f"contractors:{name}", args=[row.pk, *more])


def test_an_empty_list_says_how_contractors_come_to_be(signed_in: SignIn) -> None:
    assert "Kupujący sam staje się kontrahentem" in text_of(signed_in().get(LIST))


@pytest.mark.parametrize(
    ("query", "places"),
    [
        ("", [0, 1]),
        ("?q=kubki", [0]),
        ("?q=52", [0]),
        ("?who=consumer", [1]),
        ("?trait=nip&sort=name", [0]),
        ("?trait=problem", []),
        ("?who=nikt&trait=nic&sort=losowo&page=x", [0, 1]),
    ],
)
def test_filters_narrow_the_list(
    signed_in: SignIn, buyers: list[Contractor], query: str, places: list[int]
) -> None:
    page = signed_in("viewer").get(LIST + query, headers={"HX-Request": "true"})
    html = page.content.decode()
    assert "<html" not in html
    assert [place for place, row in enumerate(buyers) if f'id="c{row.pk}"' in html] == places
    if not places:
        assert "Żaden kontrahent nie pasuje do filtrów." in text_of(page)


def test_the_list_asks_few_questions_of_the_database(
    signed_in: SignIn, buyers: list[Contractor], django_assert_max_num_queries: Any
) -> None:
    assert buyers
    client = signed_in()
    client.get(LIST)
    with django_assert_max_num_queries(14):
        client.get(LIST)


@pytest.mark.parametrize("file_format", ["xlsx", "csv"])
def test_the_list_is_taken_away_as_filtered(
    signed_in: SignIn, buyers: list[Contractor], file_format: str
) -> None:
    answer: Any = signed_in().get(reverse("contractors:export", args=[file_format]) + "?who=company")
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    head, *rows = read_table(content)
    assert head[:2] == ["Nazwa", "NIP"]
    assert [row[0] for row in rows] == [buyers[0].name]
    assert signed_in("viewer").get(reverse("contractors:export", args=["pdf"])).status_code == 404


def test_the_page_tells_documents_turnover_and_orders(signed_in: SignIn, buyers: list[Contractor]) -> None:
    page = signed_in("viewer").get(detail(buyers[0]))
    text = text_of(page)
    assert "526-025-02-74" in text
    assert "FV 1/11/2026" in text
    assert "Obrót 54,99 zł" in text
    assert "2026 Faktura Dokumenty: 1 44,71 zł 54,99 zł" in text
    assert reverse("orders:detail", args=[buyers[0].documents.get().order_id]) in page.content.decode()
    assert "Edytuj" not in text


def test_a_contractor_is_added_and_put_right_with_its_history(signed_in: SignIn, company: Any) -> None:
    client = signed_in("clerk")
    answer = client.post(reverse("contractors:new"), TYPED, follow=True)
    row = Contractor.objects.for_company(company).get()
    assert answer.redirect_chain == [(detail(row), 302)]
    client.post(detail(row, "edit"), TYPED | {"city": "Łódź", "nip": "526 025 02 74"})
    row.refresh_from_db()
    assert (row.city, row.nip, row.match_key) == ("Łódź", "5260250274", "nip:5260250274")
    text = text_of(client.get(detail(row)))
    assert "Miejscowość: Warszawa Łódź" in text
    assert "poprawione ręcznie" in text
    client.post(detail(row, "release"))
    row.refresh_from_db()
    assert not row.by_hand


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"nip": "5260250275"}, "nip", "NIP"),
        ({"vat_eu": "CZ1"}, "vat_eu", "VAT"),
        ({"name": ""}, "name", ""),
        ({"country": "Polska"}, "country", "Dwie litery"),
        ({"nip": "7811767696"}, "nip", "Inny"),
    ],
)
def test_errors_stand_beside_their_fields(
    signed_in: SignIn, company: Any, changes: dict[str, str], field: str, words: str
) -> None:
    client = signed_in()
    other = add_contractor(
        company=company,
        data=ContractorData(name="Inny", nip="7811767696"),
        by=a_member(company, email="kto@example.com"),
        now=NOW,
    )
    answer = client.post(reverse("contractors:new"), TYPED | changes)
    html = answer.content.decode()
    assert answer.status_code == 422
    assert f'id="id_{field}_error"' in html
    assert words in html
    assert (detail(other) in html) == (words == "Inny")
    assert Contractor.objects.for_company(company).count() == 1


def test_two_are_compared_merged_and_taken_apart(signed_in: SignIn, buyers: list[Contractor]) -> None:
    client = signed_in("clerk")
    keep, other = buyers
    found = client.get(detail(keep, "merge") + f"?q={other.name.split()[0]}")
    assert detail(keep, "merge_preview", other.pk) in found.content.decode()
    preview = text_of(client.get(detail(keep, "merge_preview", other.pk)))
    assert keep.name in preview
    assert other.name in preview
    client.post(detail(keep, "merge_preview", other.pk))
    text = text_of(client.get(detail(keep)))
    assert "FV 2/11/2026" in text
    assert "Faktura Dokumenty: 2" in text
    moved = client.get(detail(other))
    assert moved.headers["Location"] == detail(keep)
    assert client.get(detail(other, "merge")).status_code == 404
    client.post(detail(other, "split"))
    assert "FV 2/11/2026" in text_of(client.get(detail(other)))


def test_different_nips_are_doubted_before_merging(signed_in: SignIn, company: Any) -> None:
    client = signed_in()
    by = a_member(company, email="kto@example.com")
    rows = [
        add_contractor(company=company, data=ContractorData(name="K", nip=nip), by=by, now=NOW)
        for nip in ("5260250274", "7811767696")
    ]
    page = client.get(detail(rows[0], "merge_preview", rows[1].pk))
    assert "Mają różne NIP-y" in text_of(page)


def test_registries_are_off_until_an_address_is_configured(
    signed_in: SignIn, buyers: list[Contractor]
) -> None:
    client = signed_in()
    assert "Pobierz dane" not in text_of(client.get(reverse("contractors:new")))
    assert "Sprawdź teraz" not in text_of(client.get(detail(buyers[0])))
    refused = client.post(detail(buyers[0], "check"), follow=True)
    assert "Nie ustawiono adresu" in text_of(refused)


@pytest.fixture
def people(settings: Any) -> Iterator[People]:
    known = People(
        by_nip={"5260250274": Taxpayer(name="Kubki z GUS Sp. z o.o.")}, by_vat={"CZ25123891": "Hrnky"}
    )
    with running(known) as url:
        settings.GUS_URL, settings.GUS_KEY = f"{url}/gus", KEY
        settings.VIES_URL, settings.WHITE_LIST_URL = f"{url}/vies", f"{url}/white-list"
        yield known


def fill(client: Client, nip: str, **changes: str) -> Any:
    return client.post(
        reverse("contractors:new"), TYPED | {"nip": nip, "name": "", "do": "look_up"} | changes
    )


def test_the_form_is_filled_in_by_nip_and_nothing_is_saved(
    signed_in: SignIn, company: Any, people: People
) -> None:
    html = fill(signed_in(), "526-025-02-74").content.decode()
    assert people.asked
    assert 'value="Kubki z GUS Sp. z o.o."' in html
    assert 'value="ul. Wzorcowa 8"' in html
    assert not Contractor.objects.for_company(company).exists()


def test_without_gus_the_white_list_fills_the_form_in(
    signed_in: SignIn, people: People, settings: Any
) -> None:
    settings.GUS_URL = ""
    html = fill(signed_in(), "5260250274").content.decode()
    assert people.asked
    assert 'value="UL. WZORCOWA 8"' in html
    assert 'value="PRZYKŁADOWO"' in html


def test_what_was_typed_stays_where_the_registry_is_silent_or_knows_nobody(
    signed_in: SignIn, people: People
) -> None:
    client = signed_in()
    assert "nie zna" in text_of(fill(client, "7811767696", name="Moja nazwa"))
    wrong = fill(client, "123", name="Moja nazwa").content.decode()
    assert 'id="id_nip_error"' in wrong
    asked = len(people.asked)
    people.status = 503
    silent = fill(client, "5260250274", name="Moja nazwa")
    assert "nie odpowiada" in text_of(silent)
    assert 'value="Moja nazwa"' in silent.content.decode()
    assert len(people.asked) == asked + 1


def a_czech(company: Any, *, vat_eu: str = "CZ25123891") -> Contractor:
    data = ContractorData(name="Hrnky s.r.o.", vat_eu=vat_eu, country="CZ")
    return add_contractor(company=company, data=data, by=a_member(company, email="kto@example.com"), now=NOW)


def test_the_answer_of_vies_is_kept_with_its_consultation_number(
    signed_in: SignIn, company: Any, people: People
) -> None:
    row = a_czech(company)
    client = signed_in()
    client.post(detail(row, "check"))
    check = RegistryCheck.objects.for_company(company).get()
    assert (check.registry, check.answer, check.reference) == ("vies", "valid", "WAPI000000000001")
    assert people.asked
    text = text_of(client.get(detail(row)))
    assert "VIES : aktywny" in text
    assert "WAPI000000000001" in text


def test_a_no_is_a_problem_and_silence_is_none(signed_in: SignIn, company: Any, people: People) -> None:
    row = a_czech(company, vat_eu="DE136695976")
    client = signed_in()
    people.vies_error = "MS_UNAVAILABLE"
    assert "nic nie wiadomo" in text_of(client.post(detail(row, "check"), follow=True))
    row.refresh_from_db()
    assert row.problem == ""
    people.vies_error = ""
    client.post(detail(row, "check"))
    row.refresh_from_db()
    assert row.problem == "vat_eu_invalid"
    people.vies_error = "TIMEOUT"
    client.post(detail(row, "check"))
    row.refresh_from_db()
    assert row.problem == "vat_eu_invalid"
    assert f'id="c{row.pk}"' in client.get(f"{LIST}?trait=problem").content.decode()


def test_the_white_list_is_asked_about_a_polish_number(
    signed_in: SignIn, buyers: list[Contractor], people: People
) -> None:
    client = signed_in("clerk")
    client.post(detail(buyers[0], "check"))
    assert "podatnik VAT czynny" in text_of(client.get(detail(buyers[0])))
    people.by_nip.clear()
    client.post(detail(buyers[0], "check"))
    buyers[0].refresh_from_db()
    assert buyers[0].problem == "not_on_white_list"


def test_a_demo_asks_nobody_outside_this_machine(
    signed_in: SignIn, company: Any, buyers: list[Contractor], settings: Any
) -> None:
    settings.WHITE_LIST_URL = "https://wl-api.example"
    type(company).objects.update(is_demo=True)
    assert "Sprawdź teraz" not in text_of(signed_in().get(detail(buyers[0])))


def test_a_viewer_changes_nothing_and_a_stranger_finds_nothing(
    signed_in: SignIn, buyers: list[Contractor]
) -> None:
    row, other = buyers
    stranger = Client()
    stranger.force_login(a_member(a_company(nip="5252248481"), email="obcy@example.com"))
    viewer = signed_in("viewer")
    for name, more in (
        ("edit", ()),
        ("merge_preview", (other.pk,)),
        ("release", ()),
        ("check", ()),
        ("split", ()),
    ):
        url = detail(row, name, *more)
        assert viewer.post(url, TYPED).status_code == 403
        assert stranger.post(url, TYPED).status_code == 404
    assert stranger.get(detail(row)).status_code == 404
    assert row.name not in text_of(stranger.get(LIST))
