"""``stragan books list`` as scripts run it."""

import json
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest

from builders.installations import ROOT, Installation, an_installation

pytestmark = pytest.mark.slow
OURS = "5260250274"


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    with an_installation(tmp_path_factory.mktemp("books")) as made:
        made.environment["PYTHONPATH"] = f"{ROOT / 'src'}:{ROOT / 'tests'}"
        made.environment["STRAGAN_NOW"] = "2026-11-23T09:00:00Z"
        made.init()
        made.python(
            "from builders.companies import NOW, a_company, a_shop\n"
            "from builders.orders import a_numbered_form, for_a_company, stored\n"
            "from stragan.companies.models import Company\n"
            "Company.objects.update(books='kpir')\n"
            "forms = [for_a_company(a_numbered_form(1)), a_numbered_form(2), a_numbered_form(3)]\n"
            "stored(a_shop(Company.objects.get()), forms, now=NOW)\n"
            "a_company(nip='5252248481', name='Inna', books='none')"
        )
        yield made


def asked(installation: Installation, *words: str, company: str = OURS) -> tuple[int, list[dict[str, Any]]]:
    done = installation.command("books", "list", *words, "--company", company, "--json")
    return done.returncode, [json.loads(line) for line in done.stdout.splitlines()]


def test_registers_are_listed_row_by_row(installation: Installation) -> None:
    ours = ("--company", OURS, "--json")
    order = "5f1a{0:04}-aaaa-11f1-9000-{0:012}".format
    issued = installation.command("documents", "issue", "invoice", "--order", order(1), *ours)
    assert json.loads(issued.stdout)["books"][0]["register"] == "vat"
    installation.command("documents", "issue", "receipt", "--order", order(2), order(3), *ours)

    code, rows = asked(installation, "vat", "--period", "2026-11")
    assert code == 0
    daily, invoice = sorted(rows, key=lambda row: row["number"], reverse=True)
    assert (invoice["number"], invoice["kind"], invoice["nip"], invoice["type"]) == (
        "FV 1/11/2026", "invoice", "5260250274", "",
    )  # fmt: skip
    assert (invoice["net"], invoice["vat"], invoice["gross"]) == ("44.71", "10.28", "54.99")
    assert invoice["rates"] == {"23": {"net": "44.71", "vat": "10.28", "gross": "54.99"}}
    assert (daily["type"], daily["mark"], daily["nip"], daily["name"]) == ("WEW", "DI", "brak", "brak")
    assert daily["documents"] == ["PAR 1/11/2026", "PAR 2/11/2026"]
    assert daily["gross"] == "109.98"

    code, rows = asked(installation, "vat", "--period", "2026-11", "--by-document")
    assert sorted(row["number"] for row in rows) == ["FV 1/11/2026", "PAR 1/11/2026", "PAR 2/11/2026"]
    code, rows = asked(installation, "kpir", "--period", "2026-11")
    assert sum(Decimal(row["amount"]) for row in rows) == Decimal("134.13")
    assert asked(installation, "kpir", "--period", "2026-10") == (0, [])

    voided = installation.command("documents", "void", "FV 1/11/2026", *ours)
    assert [row["net"] for row in json.loads(voided.stdout)["books"]] == ["-44.71", "-44.71"]
    code, rows = asked(installation, "vat", "--period", "2026-11")
    assert [row["type"] for row in rows] == ["WEW"]


def test_a_company_without_books_is_told_so(installation: Installation) -> None:
    code, [answer] = asked(installation, "vat", "--period", "2026-11", company="5252248481")
    assert (code, answer["code"]) == (1, "books_off")
    assert asked(installation, "vat", "--period", "2026-13")[0] == 2
