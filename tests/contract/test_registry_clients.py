"""Clients of GUS, VIES and the white list against the stand-in: an answer, a no, and silence are three."""

from collections.abc import Iterator
from datetime import date

import httpx2
import pytest

from standins.registries.app import KEY, Company, People
from standins.registries.server import running
from stragan.gateways.registries import (
    GusClient,
    GusCompany,
    InsecureRegistry,
    RegistryRefused,
    RegistryUnavailable,
    ViesAnswer,
    ViesClient,
    WhiteListClient,
)

NIP, UNKNOWN_NIP = "5260250274", "7811767696"
DAY = date(2026, 11, 23)


@pytest.fixture
def people() -> People:
    return People(
        by_nip={
            NIP: Company(name='Kubki & Spółka "K" Sp. z o.o.', flat="4"),
            "1234563218": Company(name="Wiejska", street="", city="Mała Wieś", status_vat="Zwolniony"),
        },
        by_vat={"CZ25123891": "Hrnky s.r.o."},
    )


@pytest.fixture
def url(people: People) -> Iterator[str]:
    with running(people) as found:
        yield found


def vies(url: str, timeout_s: float = 5.0) -> ViesClient:
    return ViesClient(url=f"{url}/vies", user_agent="test", timeout_s=timeout_s)


def white_list(url: str) -> WhiteListClient:
    return WhiteListClient(url=f"{url}/white-list", user_agent="test")


def gus(url: str, key: str = KEY) -> GusClient:
    return GusClient(url=f"{url}/gus", key=key, user_agent="test")


def test_vies_says_yes_with_a_consultation_number(url: str, people: People) -> None:
    with vies(url) as client:
        said = client.check("CZ25123891", requester_nip=NIP)
    assert said == ViesAnswer(
        is_valid=True, consultation_number="WAPI000000000001", name="Hrnky s.r.o.", address=""
    )
    assert people.asked == [f"GET /vies/ms/CZ/vat/25123891?requesterMemberStateCode=PL&requesterNumber={NIP}"]


def test_vies_says_no(url: str) -> None:
    with vies(url) as client:
        said = client.check("DE136695976", requester_nip=NIP)
    assert (said.is_valid, said.consultation_number, said.name) == (False, "", "")


@pytest.mark.parametrize(
    "word", ["MS_UNAVAILABLE", "TIMEOUT", "MS_MAX_CONCURRENT_REQ", "SERVICE_UNAVAILABLE"]
)
def test_a_member_state_that_does_not_answer_says_nothing_about_the_number(
    url: str, people: People, word: str
) -> None:
    people.vies_error = word
    with vies(url) as client, pytest.raises(RegistryUnavailable) as caught:
        client.check("CZ25123891", requester_nip=NIP)
    assert caught.value.params == {"registry": "VIES", "reason": word}


def test_a_timeout_is_no_answer(url: str, people: People) -> None:
    people.delay_s = 0.5
    with vies(url, timeout_s=0.1) as client, pytest.raises(RegistryUnavailable) as caught:
        client.check("CZ25123891", requester_nip=NIP)
    assert caught.value.params["reason"] == "timeout"


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_registry_in_trouble_is_no_answer(url: str, people: People, status: int) -> None:
    people.status = status
    with vies(url) as client, pytest.raises(RegistryUnavailable):
        client.check("CZ25123891", requester_nip=NIP)
    with white_list(url) as listed, pytest.raises(RegistryUnavailable):
        listed.check(NIP, on=DAY)
    with gus(url) as register, pytest.raises(RegistryUnavailable):
        register.find(NIP)


def test_an_unexpected_refusal_is_told_apart(url: str, people: People) -> None:
    people.status = 400
    with white_list(url) as client, pytest.raises(RegistryRefused):
        client.check(NIP, on=DAY)


@pytest.mark.parametrize("body", [b"<html>przerwa</html>", b'{"isValid": "moze"}', b""])
def test_what_is_not_the_promised_answer_is_no_answer(body: bytes) -> None:
    transport = httpx2.MockTransport(lambda _request: httpx2.Response(200, content=body))
    with (
        ViesClient(url="https://vies.example", user_agent="t", transport=transport) as client,
        pytest.raises(RegistryUnavailable),
    ):
        client.check("CZ25123891", requester_nip=NIP)
    with (
        GusClient(url="https://gus.example", key=KEY, user_agent="t", transport=transport) as register,
        pytest.raises(RegistryUnavailable),
    ):
        register.find(NIP)


@pytest.mark.parametrize(
    ("nip", "status"), [(NIP, "active"), ("1234563218", "exempt"), (UNKNOWN_NIP, "absent")]
)
def test_the_white_list_knows_three_answers(url: str, people: People, nip: str, status: str) -> None:
    with white_list(url) as client:
        said = client.check(nip, on=DAY)
    assert (said.status, said.request_id) == (status, "wl-0001")
    assert people.asked == [f"GET /white-list/api/search/nip/{nip}?date=2026-11-23"]


def test_gus_gives_name_and_address_and_is_logged_out_of(url: str, people: People) -> None:
    with gus(url) as client:
        assert client.find(NIP) == GusCompany(
            name='Kubki & Spółka "K" Sp. z o.o.',
            street="ul. Wzorcowa 8/4",
            postal_code="00-999",
            city="Przykładowo",
        )
    assert len(people.asked) == 3
    assert not people.sessions


def test_a_village_without_streets_gives_its_name(url: str) -> None:
    with gus(url) as client:
        found = client.find("1234563218")
    assert found is not None
    assert found.street == "Mała Wieś 8"


def test_gus_knows_nobody_of_that_nip(url: str) -> None:
    with gus(url) as client:
        assert client.find(UNKNOWN_NIP) is None


def test_a_wrong_key_is_refused(url: str) -> None:
    with gus(url, key="zly") as client, pytest.raises(RegistryRefused) as caught:
        client.find(NIP)
    assert caught.value.params["reason"] == "key"


@pytest.mark.parametrize("address", ["http://vies.example", "ftp://127.0.0.1", "vies", ""])
def test_plain_http_goes_nowhere_but_to_this_machine(address: str) -> None:
    with pytest.raises(InsecureRegistry):
        ViesClient(url=address, user_agent="t")
