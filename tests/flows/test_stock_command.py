"""``stragan stock list`` as scripts use it."""

import json
from typing import Any

import pytest

from builders.companies import NOW, a_company, a_shop
from builders.orders import stored
from builders.stock import a_bundle, a_form_of, a_product, in_stock
from stragan.cli.main import main

pytestmark = pytest.mark.django_db


def test_every_product_is_listed_by_name_with_plain_numbers(company: Any, capsys: Any) -> None:
    mug = a_product(company)
    spoon = a_product(company, "Łyżka", sku="LYZ")
    a_product(company, "Stary kubek", sku="", archived_at=NOW)
    a_bundle(company, {mug: "2", spoon: "1"})
    in_stock(company, mug, "10")
    in_stock(company, spoon, "7.50")
    stored(a_shop(company), [a_form_of(1, quantity=3)], now=NOW)
    assert main(["stock", "list", "--json"]) == 0
    assert [json.loads(line) for line in capsys.readouterr().out.splitlines()] == [
        {
            "sku": "KUB-1",
            "name": "Kubek emaliowany",
            "on_hand": "10",
            "reserved": "3",
            "available": "7",
        },
        {"sku": "LYZ", "name": "Łyżka", "on_hand": "7.5", "reserved": "0", "available": "7.5"},
        {"sku": "ZESTAW", "name": "Zestaw", "on_hand": "5", "reserved": "2", "available": "3"},
    ]


def test_one_of_several_companies_must_be_chosen(company: Any, capsys: Any) -> None:
    other = a_company(nip="5252248481")
    a_product(other, "Obcy kubek")
    assert main(["stock", "list", "--json"]) == 2
    assert json.loads(capsys.readouterr().out)["code"] == "company_not_chosen"
    assert main(["stock", "list", "--json", "--company", company.nip]) == 0
    assert capsys.readouterr().out == ""
