"""Tables out and in: exact amounts, no formulas smuggled, Polish files read."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from stragan.formats.sheets import Column, Kind, UnreadableSheet, csv_lines, read_table, write_xlsx

COLUMNS = (
    Column(title="Nazwa"),
    Column(title="Kwota", kind=Kind.AMOUNT),
    Column(title="Dzień", kind=Kind.DAY),
    Column(title="Ile", kind=Kind.NUMBER),
)
ROWS = [("Żółw =1+1", Decimal("1234.56"), date(2026, 11, 23), 3), ("=1+1", None, None, Decimal("-0.5"))]


def test_a_csv_is_as_polish_spreadsheets_expect_it() -> None:
    assert "".join(csv_lines(COLUMNS, ROWS)) == (
        "\ufeffNazwa;Kwota;Dzień;Ile\r\nŻółw =1+1;1234,56;2026-11-23;3\r\n'=1+1;;;-0,5\r\n"
    )


def test_an_xlsx_comes_back_as_it_went_and_holds_no_formula(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    assert write_xlsx(path, title="Zamówienia 11/2026", columns=COLUMNS, rows=ROWS) == 2
    assert read_table(path.read_bytes()) == [
        ["Nazwa", "Kwota", "Dzień", "Ile"],
        ["Żółw =1+1", "1234.56", "2026-11-23", "3"],
        ["=1+1", "", "", "-0.5"],
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1250"])
@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
def test_csv_files_of_others_are_read(encoding: str, delimiter: str) -> None:
    data = delimiter.join(["SKU", "Nazwa"]) + "\r\n" + delimiter.join(["A-1", "Żółw"]) + "\r\n\r\n"
    assert read_table(data.encode(encoding)) == [["SKU", "Nazwa"], ["A-1", "Żółw"]]


@pytest.mark.parametrize(
    ("data", "reason"),
    [(b"PK\x03\x04no zip", "not_a_table"), (b"\x00\x01\x02", "encoding"), (b'"open', "not_a_table")],
)
def test_what_is_no_table_says_why(data: bytes, reason: str) -> None:
    with pytest.raises(UnreadableSheet) as caught:
        read_table(data)
    assert caught.value.reason == reason
