"""``stragan init`` on an empty folder, as a script would call it."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from builders.installations import PASSWORD, Installation, an_installation

pytestmark = pytest.mark.slow

WORDS = ["init", "--nip", "526-025-02-74", "--name", "Próbna sp. z o.o.", "--email", "Anna@example.com"]


@pytest.fixture
def installation(tmp_path: Path) -> Iterator[Installation]:
    with an_installation(tmp_path) as made:
        yield made


def init(installation: Installation, *more: str) -> tuple[int, dict[str, str]]:
    done = installation.command(*WORDS, "--password-stdin", "--json", *more, stdin=f"{PASSWORD}\n")
    [line] = done.stdout.splitlines()
    return done.returncode, json.loads(line)


def test_it_makes_the_company_and_repeats_its_first_result(installation: Installation) -> None:
    result = (0, {"company": "5260250274", "user": "anna@example.com"})
    assert init(installation, "--no-vat-payer", "--address", "ul. Długa 5/7, 00-123 Nowy Świat") == result
    assert init(installation) == result
    row = installation.python(
        "from stragan.companies.models import Company\nc = Company.objects.get()\n"
        "print(c.street, c.postal_code, c.city, c.vat_exemption_basis, sep='|', end='')"
    )
    assert row == "ul. Długa 5/7|00-123|Nowy Świat|art. 113 ust. 1 ustawy o VAT"
    assert (installation.folder / "secret-key").stat().st_mode & 0o777 == 0o600


@pytest.mark.once
def test_refusals_carry_a_code_and_a_sentence(installation: Installation) -> None:
    for more, code in (
        (["--nip", "5260250275"], "invalid_nip"),
        (["--address", "Nowy Świat"], "address_unreadable"),
        (["--email", "anna"], "email_invalid"),
    ):
        exit_code, row = init(installation, *more)
        assert (exit_code, row["code"]) == (1, code)
        assert row["message"] not in {"", code}


@pytest.mark.once
def test_wrong_usage_exits_with_two(installation: Installation) -> None:
    assert installation.command("init", "--nip", "5260250274").returncode == 2
