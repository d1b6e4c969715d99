"""Products from files: preview, import, the same again, and out and in again."""

import tempfile
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builders.companies import NOW, a_company, a_shop
from builders.orders import a_numbered_form, stored
from builders.products import a_product
from stragan.core.ean import check_digit
from stragan.flows import import_products as flow
from stragan.flows.import_products import import_sheet, preview, read_file
from stragan.formats.sheets import csv_lines, write_xlsx
from stragan.kit.models import AuditEvent
from stragan.orders.models import OrderLine
from stragan.products import exporting, queries
from stragan.products.models import Product
from stragan.products.planning import RowState
from stragan.products.reading import Component, ProductData, ProductText, read_product
from stragan.products.sheet import SheetHeadingsUnknown, SheetHeadingTwice, join_list, split_list
from stragan.warehouse.queries import stands

pytestmark = pytest.mark.django_db(transaction=True)

FILE = """SKU;Nazwa;EAN;Jednostka;Cena;VAT;GTU;Ryczałt;Nazwy ofert;Składniki
KUB-1;Kubek emaliowany;5901234123457;szt.;39,90;23;;3;Kubek|Kubek 300 ml;
TAL-1;Talerz;;szt.;25,00 zł;23%;01;;;
ZES-1;Zestaw śniadaniowy;;kpl.;99,00;23;;;;KUB-1×2|TAL-1×2
"""


def bring(company: Any, text: str | bytes) -> flow.Imported:
    data = text.encode() if isinstance(text, str) else text
    return import_sheet(company=company, sheet=read_file(data), by=None, now=NOW)


def look(company: Any, text: str) -> flow.Preview:
    return preview(company=company, sheet=read_file(text.encode()))


def catalog(company: Any) -> list[ProductData]:
    rows = list(Product.objects.for_company(company).order_by("id"))
    return list(queries.data_of(company, rows).values())


def errors(company: Any, text: str) -> list[tuple[int, str]]:
    return [(row.row, error.code) for row in look(company, text).rows for error in row.errors]


def test_a_file_makes_products_names_and_bundles(company: Any) -> None:
    done = bring(company, FILE)
    assert [row.state for row in done.preview.rows] == [RowState.NEW] * 3
    mug, plate, bundle = catalog(company)
    assert (mug.sku, mug.ean, mug.price, mug.vat_code) == ("KUB-1", "5901234123457", Decimal("39.90"), "23")
    assert (mug.names, mug.ryczalt_rate, plate.gtu) == (("Kubek", "Kubek 300 ml"), "3", "01")
    ids = list(done.product_ids.values())
    assert bundle.components == tuple(Component(product_id=pk, quantity=Decimal(2)) for pk in ids[:2])
    assert AuditEvent.objects.across_companies().filter(verb="product.created").count() == 3


def test_the_same_file_again_changes_nothing(company: Any) -> None:
    bring(company, FILE)
    again = bring(company, FILE)
    assert [row.state for row in again.preview.rows] == [RowState.UNCHANGED] * 3
    assert AuditEvent.objects.across_companies().filter(verb__startswith="product.").count() == 3


def test_changes_are_named_and_columns_that_are_absent_keep_their_values(company: Any) -> None:
    bring(company, FILE)
    [row] = look(company, "sku,price\nKUB-1,44.90\n").rows
    assert (row.state, row.changes) == (RowState.CHANGED, ("price",))
    bring(company, "sku,price\nKUB-1,44.90\n")
    mug = catalog(company)[0]
    assert (mug.price, mug.name, mug.names) == (
        Decimal("44.90"),
        "Kubek emaliowany",
        ("Kubek", "Kubek 300 ml"),
    )


def test_rows_without_sku_are_found_by_ean_then_by_exact_name(company: Any) -> None:
    mug = a_product(company, "Kubek", ean="5901234123457")
    plate = a_product(company, "Talerz")
    found = look(company, "ean;nazwa;cena\n5901234123457;Kubek duży;1\n;Talerz;2\n;talerz;3\n").rows
    assert [row.product.pk if row.product else None for row in found] == [mug.pk, plate.pk, None]


def test_an_sku_reaches_the_product_that_has_none_yet(company: Any) -> None:
    mug = a_product(company, "Kubek")
    bring(company, "sku;nazwa\nKUB-9;Kubek\nKUB-10;Kubek\n")
    assert [(one.name, one.sku) for one in catalog(company)] == [("Kubek", "KUB-9"), ("Kubek", "KUB-10")]
    mug.refresh_from_db()
    assert mug.sku == "KUB-9"


def test_what_is_wrong_is_told_with_its_row_and_the_rest_is_saved(company: Any) -> None:
    heads = "\nsku;nazwa;ean;cena;vat;gtu\n"
    text = f"{heads}A-1;Dobry;;1;23;\n\nA-2;;;1;23;\nA-3;Zły;123;x;24;99\nA-1;Znów;;1;23;\n"
    assert errors(company, text) == [
        (5, "product_name_missing"),
        (6, "invalid_ean"),
        (6, "product_amount_unreadable"),
        (6, "unknown_vat_code"),
        (6, "product_gtu_unknown"),
        (7, "product_row_twice"),
    ]
    bring(company, text)
    assert [one.name for one in catalog(company)] == ["Dobry"]


def test_bundles_hold_neither_themselves_nor_bundles_nor_what_is_unknown(company: Any) -> None:
    text = "sku;nazwa;składniki\nA;A;A\nB;B;C\nC;C;D×2\nD;D;\nE;E;X\nF;F;D|D×3\nG;G;D×0\n"
    assert errors(company, text) == [
        (2, "product_component_itself"),
        (3, "product_component_bundle"),
        (6, "product_reference_unknown"),
        (7, "product_component_twice"),
        (8, "product_component_quantity"),
    ]


def test_a_component_of_a_bundle_cannot_become_one(company: Any) -> None:
    bring(company, "sku;nazwa;składniki\nA;A;\nB;B;A\nC;C;\n")
    assert errors(company, "sku;składniki\nA;C\n") == [(2, "product_is_component")]


def test_headings_must_say_which_product_is_meant(company: Any) -> None:
    with pytest.raises(SheetHeadingsUnknown):
        look(company, "cena;vat\n1;23\n")
    with pytest.raises(SheetHeadingTwice):
        look(company, "sku;kod\n1;23\n")
    assert read_file(b"SKU;Kolor\nA;czerwony\n").ignored == ("Kolor",)


@pytest.mark.parametrize(
    ("data", "error"),
    [
        (b"PK\x03\x04 no", flow.SheetNotATable),
        (b"a\x00b", flow.SheetNoText),
        (b"x" * 20_000_001, flow.SheetTooLarge),
    ],
)
def test_files_that_are_no_tables_are_refused(data: bytes, error: type[Exception]) -> None:
    with pytest.raises(error):
        read_file(data)


def test_the_stated_stock_is_set_once(company: Any) -> None:
    text = "sku;nazwa;stan\nA;A;12\nB;B;0,5\n"
    done = bring(company, text)
    bring(company, text)
    assert [stand.on_hand for stand in stands(company, done.product_ids.values())] == [12, Decimal("0.5")]
    assert errors(company, "sku;nazwa;składniki;stan\nC;C;A;1\n") == [(2, "product_bundle_stock")]


def test_a_company_without_warehouse_states_no_stock() -> None:
    company = a_company(warehouse=False)
    done = bring(company, "sku;nazwa;stan\nA;A;12\n")
    assert [stand.on_hand for stand in stands(company, done.product_ids.values())] == [0]


def test_the_catalog_of_another_company_is_neither_seen_nor_changed(company: Any) -> None:
    other = a_company(nip="5252248481", name="Inna S.A.")
    a_product(other, "Kubek", sku="KUB-1")
    bring(company, "sku;nazwa\nKUB-1;Kubek nowy\n")
    assert [one.name for one in catalog(other)] == ["Kubek"]


quantities = st.integers(1, 99_999).map(lambda number: Decimal(number).scaleb(-4).normalize())
texts = st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "S", "Zs")), min_size=1, max_size=20)
eans = st.text("0123456789", min_size=12, max_size=12).map(lambda digits: f"{digits}{check_digit(digits)}")
products = st.builds(
    ProductData,
    name=texts,
    sku=st.just("") | texts,
    ean=st.just("") | eans,
    unit=texts,
    price=st.none() | st.integers(0, 10**9).map(lambda minor: Decimal(minor).scaleb(-2)),
    vat_code=st.sampled_from(["", "23", "8", "5", "0", "0 WDT", "zw", "np"]),
    gtu=st.sampled_from(["", "01", "13"]),
    ryczalt_rate=st.sampled_from(["", "3", "8.5", "12.5"]),
    names=st.lists(texts, max_size=3).map(tuple),
)


@given(st.lists(texts, max_size=5))
def test_values_of_one_cell_come_back(values: list[str]) -> None:
    clean = [value.strip() for value in values if value.strip()]
    assert split_list(join_list(clean)) == clean


@settings(max_examples=25)
@given(
    found=st.lists(products, max_size=6, unique_by=(lambda p: p.sku or p.name, lambda p: p.name)),
    file_format=st.sampled_from(["csv", "xlsx"]),
    in_polish=st.booleans(),
    bundle=st.lists(quantities, max_size=3),
)
def test_what_went_out_comes_in_unchanged(
    *, found: list[ProductData], file_format: str, in_polish: bool, bundle: list[Decimal]
) -> None:
    company = _fresh_company()
    made: list[Product] = []
    skus: set[str] = set()
    given_eans: set[str] = set()
    for one in found:
        text: dict[str, Any] = {
            "name": one.name,
            "sku": one.sku,
            "ean": one.ean,
            "unit": one.unit,
            "price": "" if one.price is None else f"{one.price}",
            "vat_code": one.vat_code,
            "gtu": one.gtu,
            "ryczalt_rate": one.ryczalt_rate,
            "names": one.names,
        }
        data, wrong = read_product(ProductText(**text))
        if (
            wrong
            or data.sku in skus - {""}
            or data.ean in given_eans - {""}
            or data.name in {m.name for m in made}
        ):
            continue
        skus.add(data.sku)
        given_eans.add(data.ean)
        changes = {name: getattr(data, name) for name in text if name != "name"}
        made.append(a_product(company, data.name, **changes))
    parts = tuple(Component(product_id=m.pk, quantity=q) for m, q in zip(made, bundle, strict=False))
    a_product(company, "Zestaw wszystkiego", sku="ZESTAW-!", components=parts)
    rows = Product.objects.for_company(company).order_by("id")
    columns = exporting.columns(in_polish=in_polish)
    if file_format == "csv":
        data_out = "".join(csv_lines(columns, exporting.rows(company, rows))).encode()
    else:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "produkty.xlsx"
            write_xlsx(path, title="Produkty", columns=columns, rows=exporting.rows(company, rows))
            data_out = path.read_bytes()
    planned = preview(company=company, sheet=read_file(data_out)).rows
    assert [(row.state, row.changes, row.errors) for row in planned] == [(RowState.UNCHANGED, (), [])] * len(
        planned
    )
    assert len(planned) == len(made) + 1


NIPS = iter(range(10**6))


def _fresh_company() -> Any:
    return a_company(nip=f"{next(NIPS):010}")


def test_the_command_brings_products_in_and_matches_the_offers_that_wait(
    company: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from stragan.cli.main import main  # noqa: PLC0415 -- Django is ready here

    stored(a_shop(company), [a_numbered_form(1)], now=NOW)
    path = tmp_path / "produkty.csv"
    path.write_text("sku;nazwa;stan\nKUB-1;Kubek emaliowany;10\n;;\nX;;1\n")
    assert main(["products", "import", str(path), "--dry-run", "--json"]) == 1
    assert not Product.objects.for_company(company).exists()
    capsys.readouterr()
    assert main(["products", "import", str(path), "--json"]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == (
        '{"sku": "KUB-1", "name": "Kubek emaliowany", "on_hand": "10", "reserved": "1", "available": "9"}'
    )
    assert lines[1].startswith('{"row": 4, "refused": "product_name_missing", "code": "product_name_missing"')
    assert OrderLine.objects.for_company(company).get().product is not None
    path.write_text("sku;nazwa;stan\nKUB-1;Kubek emaliowany;10\n")
    assert main(["products", "import", str(path), "--json"]) == 0
    assert capsys.readouterr().out.splitlines() == lines[:1]
    assert main(["orders", "list", "--json"]) == 0
    assert '"product": "KUB-1"' in capsys.readouterr().out
    assert main(["products", "import", str(tmp_path / "nie-ma.csv"), "--json"]) == 1
