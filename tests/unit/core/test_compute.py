"""The calculator: worked by hand, one per kind of case; and what it refuses."""

import json
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stragan.core.compute import answer_line, compute
from stragan.core.errors import Refused

Json = dict[str, object]


def line(gross: str, *, vat: str = "23", qty: str = "1", **more: str) -> Json:
    return {"name": "Towar", "qty": qty, "unit_gross": gross, "vat": vat, **more}


def sums(net: str, vat: str, gross: str) -> Json:
    return {"net": net, "vat": vat, "gross": gross}


def ask(case: object) -> Json:
    answer: Json = json.loads(answer_line(json.dumps(case)))
    return answer


def test_an_ordinary_sale_is_answered_whole() -> None:
    case = {
        "lines": [line("19.99", qty="3", discount_pct="10"), line("31.50", vat="5", discount_amount="1.50")],
        "order_discount": "8.00",
        "delivery": "11.99",
        "deposit": "1.50",
    }
    assert ask(case) == {
        # 59.97 − 6.00 = 53.97; 8.00 falls 5.14 : 2.86
        "lines_gross": ["48.83", "27.14"],
        "delivery_split": {"23": "7.71", "5": "4.28"},
        "per_rate": {"23": sums("45.97", "10.57", "56.54"), "5": sums("29.92", "1.50", "31.42")},
        "totals": sums("75.89", "12.07", "87.96"),
        "vat_if_summed_per_line": "12.06",
        "deposit": "1.50",
        "to_pay": "89.46",
        "fa3": {
            "P_13_1": "45.97",
            "P_14_1": "10.57",
            "P_13_3": "29.92",
            "P_14_3": "1.50",
            "P_15": "87.96",
            "Rozliczenie/SumaObciazen": "1.50",
            "Rozliczenie/DoZaplaty": "89.46",
        },
        "jpk_fa": {
            "P_13_1": "45.97",
            "P_14_1": "10.57",
            "P_13_3": "29.92",
            "P_14_3": "1.50",
            "P_15": "87.96",
        },
        "jpk_v7": {"K_19": "45.97", "K_20": "10.57", "K_15": "29.92", "K_16": "1.50"},
        "books_revenue_pln": "75.89",
    }


def test_a_foreign_currency_is_converted_per_rate() -> None:
    case = {
        "currency": "EUR",
        "fx_rate": "4.3333",
        "lines": [line("10.00"), line("10.00", vat="OSS:DE:19"), line("5.00", vat="np")],
    }
    answer = ask(case)
    assert answer["per_rate"] == {
        "23": sums("8.13", "1.87", "10.00"),
        "np": sums("5.00", "0.00", "5.00"),
        "OSS:DE:19": sums("8.40", "1.60", "10.00"),
    }
    assert answer["pln"] == sums("93.30", "15.03", "108.33")
    assert answer["fa3"] == {
        "P_13_1": "8.13",
        "P_14_1": "1.87",
        "P_14_1W": "8.10",
        "P_13_8": "5.00",
        "P_13_5": "8.40",
        "P_14_5": "1.60",
        "P_15": "25.00",
    }
    assert answer["jpk_fa"] == {
        "P_13_1": "8.13",
        "P_14_1": "1.87",
        "P_14_1W": "8.10",
        "P_13_5": "13.40",
        "P_14_5": "1.60",
        "P_15": "25.00",
    }
    assert answer["jpk_v7"] == {"K_19": "35.23", "K_20": "8.10", "K_11": "21.67"}
    assert answer["books_revenue_pln"] == "93.30"


def test_an_exempt_seller_keeps_no_vat_record_and_books_the_whole_amount() -> None:
    answer = ask({"seller": "exempt_113", "lines": [line("20.00", vat="zw")], "delivery": "9.00"})
    assert answer["delivery_split"] == {"zw": "9.00"}
    assert (answer["jpk_v7"], answer["books_revenue_pln"]) == ({}, "29.00")


def test_delivery_of_a_free_sample_takes_the_standard_rate() -> None:
    answer = ask({"lines": [line("4.00", vat="5", discount_pct="100")], "delivery": "12.30"})
    assert answer["per_rate"] == {"23": sums("10.00", "2.30", "12.30"), "5": sums("0.00", "0.00", "0.00")}


def test_a_correction_posts_the_difference_of_rounded_sums() -> None:
    case = {
        "document": "correction",
        "before": {"lines": [line("7.77", qty="2"), line("4.00", vat="8")]},
        "after": {"lines": [line("7.77", qty="0"), line("4.00", vat="8")]},
    }
    answer = ask(case)
    assert answer["difference"] == {"23": sums("-12.63", "-2.91", "-15.54")}
    assert answer["totals"] == sums("-12.63", "-2.91", "-15.54")
    assert answer["jpk_v7"] == {"K_19": "-12.63", "K_20": "-2.91"}
    assert answer["books_revenue_pln"] == "-12.63"


def test_a_correction_in_a_foreign_currency_mirrors_its_original() -> None:
    side = {"lines": [line("7.77", qty="2")]}
    nothing = {"lines": [line("7.77", qty="0")]}
    terms = {"document": "correction", "currency": "CZK", "fx_rate": "0.1711"}
    undone = ask({**terms, "before": side, "after": nothing})
    done = ask({**terms, "before": nothing, "after": side})
    assert done["pln"] == sums("2.16", "0.50", "2.66")
    assert undone["pln"] == sums("-2.16", "-0.50", "-2.66")


def test_an_advance_is_spread_and_the_settlement_takes_the_rest() -> None:
    order = {"23": "61.50", "8": "30.00"}
    advance = ask({"document": "advance", "order_value_by_rate": order, "paid": "10.00"})
    assert advance["per_rate"] == {"23": sums("5.46", "1.26", "6.72"), "8": sums("3.04", "0.24", "3.28")}
    assert (advance["fa3_kind"], advance["books_revenue_pln"]) == ("ZAL", "0.00")
    final = ask({"document": "final", "order_value_by_rate": order, "advances": [advance["per_rate"]]})
    assert final["per_rate"] == {"23": sums("44.54", "10.24", "54.78"), "8": sums("24.74", "1.98", "26.72")}
    assert (final["fa3_kind"], final["books_revenue_pln"]) == ("ROZ", "77.78")


def test_a_margin_is_taxed_and_a_loss_is_not() -> None:
    earned = ask({"document": "margin", "sale_gross": "50.00", "purchase_cost": "37.70"})
    assert (earned["margin_net"], earned["vat"], earned["books_revenue_pln"]) == ("10.00", "2.30", "47.70")
    lost = ask({"document": "margin", "sale_gross": "50.00", "purchase_cost": "50.01"})
    assert lost["jpk_v7"] == {"SprzedazVAT_Marza": "50.00"}


def test_a_month_sums_what_each_receipt_rounded() -> None:
    receipts = [{"23": "1.99"}, {"23": "1.99"}, {"23": "1.99", "8": "5.40"}, {"23": "1.99"}]
    month = ask({"document": "ro", "documents_gross_by_rate": receipts})
    assert month["per_rate"] == {"23": sums("6.48", "1.48", "7.96"), "8": sums("5.00", "0.40", "5.40")}
    assert month["vat_if_computed_once_on_the_sum"] == {"23": "1.49"}
    assert (month["jpk_v7_typ"], month["jpk_v7_mark"]) == ("RO", "DI")
    alone = ask({"document": "wew", "documents_gross_by_rate": [{"23": "1.99"}]})
    assert "vat_if_computed_once_on_the_sum" not in alone


def test_a_bundle_is_divided_by_standalone_prices() -> None:
    parts = [
        {"vat": "5", "standalone_gross": "10.00"},
        {"vat": "23", "standalone_gross": "10.00"},
        {"vat": "23", "standalone_gross": "10.00"},
    ]
    answer = ask({"document": "bundle", "set_price_gross": "12.50", "qty": "2", "parts": parts})
    assert answer["parts_gross"] == ["8.34", "8.33", "8.33"]
    assert answer["per_rate"] == {"23": sums("13.54", "3.12", "16.66"), "5": sums("7.94", "0.40", "8.34")}


def test_the_exchange_rate_date_skips_corpus_christi() -> None:
    case = {"document": "fx_date", "tax_point": "2026-06-05", "issue_date": "2026-06-07"}
    assert ask(case) == {"nbp_table_a_date": "2026-06-03"}


def test_exact_json_numbers_are_as_good_as_strings() -> None:
    text = '{"lines": [{"qty": 2, "unit_gross": 12.30, "vat": "23"}], "delivery": 0}'
    assert json.loads(answer_line(text))["totals"] == sums("20.00", "4.60", "24.60")
    case: Json = {"lines": [{"qty": 2, "unit_gross": Decimal("12.30"), "vat": "23"}]}
    assert compute(case)["totals"] == sums("20.00", "4.60", "24.60")


@pytest.mark.parametrize(
    "text", ["", "{", "nonsense", '{"lines": NaN}', "[" * 100_000, "1e999999999999999999999"]
)
def test_a_line_that_is_no_json_is_refused(text: str) -> None:
    assert json.loads(answer_line(text)) == {"refused": "not_json"}


@pytest.mark.parametrize("value", [None, True, 1, "text", [], [{}]])
def test_a_case_is_an_object(value: object) -> None:
    assert ask(value) == {"refused": "field_not_readable", "field": ""}


ORDINARY = {"lines": [line("10.00")]}


@pytest.mark.parametrize(
    ("case", "code", "field"),
    [
        ({}, "field_missing", "lines"),
        ({"lines": []}, "field_missing", "lines"),
        ({"lines": "23"}, "field_not_readable", "lines"),
        ({"lines": [5]}, "field_not_readable", "lines[0]"),
        ({"lines": [{"qty": "1", "unit_gross": "1.00"}]}, "field_missing", "lines[0].vat"),
        ({"lines": [{"qty": "1", "unit_gross": None, "vat": "23"}]}, "field_missing", "lines[0].unit_gross"),
        ({"lines": [{"qty": "1", "unit_gross": "1.00", "vat": 23}]}, "field_not_readable", "lines[0].vat"),
        ({"lines": [line("1.001")]}, "number_not_exact", "lines[0].unit_gross"),
        ({"lines": [line("1,00")]}, "number_not_exact", "lines[0].unit_gross"),
        ({"lines": [line("1e2")]}, "number_not_exact", "lines[0].unit_gross"),
        ({"lines": [line("NaN")]}, "number_not_exact", "lines[0].unit_gross"),
        ({"lines": [line("١.٠٠")]}, "number_not_exact", "lines[0].unit_gross"),
        ({"lines": [line("-1.00")]}, "number_negative", "lines[0].unit_gross"),
        ({"lines": [line("1.00", qty="0")]}, "number_out_of_range", "lines[0].qty"),
        ({"lines": [line("1.00", qty="0.00001")]}, "number_not_exact", "lines[0].qty"),
        ({"lines": [line("1" + "0" * 30)]}, "number_out_of_range", "lines[0].unit_gross"),
        ({"lines": [line("1" + "0" * 12, qty="2")]}, "number_out_of_range", "lines[0].qty"),
        ({"lines": [line("1.00", discount_pct="101")]}, "number_out_of_range", "lines[0].discount_pct"),
        (
            {"lines": [line("1.00", discount_pct="1", discount_amount="0.10")]},
            "case_contradictory",
            "lines[0].discount_pct",
        ),
        ({**ORDINARY, "delivery": True}, "number_not_exact", "delivery"),
        ({**ORDINARY, "document": "note"}, "case_not_supported", "document"),
        ({**ORDINARY, "currency": "euro"}, "field_not_readable", "currency"),
        ({**ORDINARY, "currency": "EUR"}, "field_missing", "fx_rate"),
        ({**ORDINARY, "currency": "EUR", "fx_rate": "0"}, "number_out_of_range", "fx_rate"),
        ({**ORDINARY, "fx_rate": "4.25"}, "case_contradictory", "fx_rate"),
        ({**ORDINARY, "seller": "unknown"}, "case_not_supported", "seller"),
        ({**ORDINARY, "seller": "exempt_113"}, "case_contradictory", "lines[0].vat"),
        ({"document": "correction", "before": ORDINARY}, "field_missing", "after"),
        (
            {"document": "correction", "before": ORDINARY, "after": {**ORDINARY, "deposit": "1.00"}},
            "case_not_supported",
            "after.deposit",
        ),
        ({"document": "correction", "delivery_policy": "keep"}, "case_not_supported", "delivery_policy"),
        (
            {"document": "advance", "order_value_by_rate": {"23": "5.00"}, "paid": "5.01"},
            "case_contradictory",
            "paid",
        ),
        (
            {"document": "advance", "order_value_by_rate": {}, "paid": "5.01"},
            "field_missing",
            "order_value_by_rate",
        ),
        (
            {
                "document": "final",
                "order_value_by_rate": {"23": "123.00"},
                "advances": [{"23": {"net": "100.00", "vat": "23.00"}}],
            },
            "case_contradictory",
            "advances",
        ),
        (
            {
                "document": "final",
                "order_value_by_rate": {"23": "123.00"},
                "advances": [{"8": {"net": "1.00", "vat": "0.08"}}],
            },
            "case_contradictory",
            "advances[0].8",
        ),
        ({"document": "wew", "seller": "exempt_113"}, "case_not_supported", "seller"),
        ({"document": "margin", "currency": "EUR", "fx_rate": "4"}, "case_not_supported", "currency"),
        ({"document": "fx_date", "tax_point": "2026-02-30"}, "field_not_readable", "tax_point"),
        ({"document": "fx_date", "tax_point": "20260210"}, "field_not_readable", "tax_point"),
    ],
)
def test_a_case_that_cannot_be_computed_names_the_field(case: Json, code: str, field: str) -> None:
    assert ask(case) == {"refused": code, "field": field}


def test_law_refuses_unknown_codes_and_impossible_discounts() -> None:
    assert ask({"lines": [line("1.00", vat="19")]})["refused"] == "unknown_vat_code"
    assert ask({"lines": [line("1.00", vat="22")]})["refused"] == "vat_code_not_in_force"
    assert ask({"lines": [line("1.00", discount_amount="1.01")]})["refused"] == "discount_too_large"
    assert ask({**ORDINARY, "order_discount": "10.01"})["refused"] == "discount_too_large"


def test_a_float_is_never_money() -> None:
    with pytest.raises(Refused) as refusal:
        compute({"lines": [{"qty": "1", "unit_gross": 1.5, "vat": "23"}]})
    assert refusal.value.code == "number_not_exact"


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=5)
    | st.sampled_from(["1.00", "23"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
FIELDS = [
    "lines",
    "document",
    "seller",
    "currency",
    "fx_rate",
    "delivery",
    "order_discount",
    "deposit",
    "paid",
]
FIELDS += ["before", "after", "order_value_by_rate", "advances", "documents_gross_by_rate", "parts", "qty"]
KINDS = ["ordinary", "correction", "advance", "final", "margin", "ro", "wew", "bundle", "fx_date"]


@given(st.dictionaries(st.sampled_from(FIELDS), JSON), st.sampled_from(KINDS))
def test_junk_gets_an_answer_not_a_traceback(fields: Json, kind: str) -> None:
    answer = json.loads(answer_line(json.dumps({"lines": [line("1.00")], **fields, "document": kind})))
    assert "refused" in answer or "books_revenue_pln" in answer
