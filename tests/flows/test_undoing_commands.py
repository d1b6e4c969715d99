"""``stragan documents correct`` and ``void`` as scripts run them."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from builders.installations import ROOT, Installation, an_installation

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    with an_installation(tmp_path_factory.mktemp("undoing")) as made:
        made.environment["PYTHONPATH"] = f"{ROOT / 'src'}:{ROOT / 'tests'}"
        made.init()
        made.python(
            "from builders.companies import NOW, a_shop\n"
            "from builders.orders import a_numbered_form, stored\n"
            "from stragan.companies.models import Company\n"
            "forms = [a_numbered_form(number) for number in range(1, 4)]\n"
            "stored(a_shop(Company.objects.get()), forms, now=NOW)"
        )
        issued = made.command("documents", "issue", "invoice", "--ready", "--json")
        assert issued.returncode == 0, issued.stdout
        yield made


def asked(installation: Installation, *words: str) -> tuple[int, dict[str, Any]]:
    done = installation.command("documents", *words, "--json")
    lines = done.stdout.splitlines()
    return done.returncode, json.loads(lines[0]) if lines else {}


def a_file(tmp_path: Path, *rows: object) -> str:
    path = tmp_path / "changes.jsonl"
    path.write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")
    return str(path)


def test_a_correction_by_line_is_one_row_and_the_same_again(
    installation: Installation, tmp_path: Path
) -> None:
    file = a_file(tmp_path, {"line": 1, "unit_gross": "30.00"}, {"reason": "rabat"})
    code, row = asked(installation, "correct", "FV 1/11/2026", "--json-lines", file)
    number = row.pop("document")
    assert number.startswith("KOR ")
    assert (code, row) == (
        0,
        {
            "order": "5f1a0001-aaaa-11f1-9000-000000000001",
            "kind": "correction",
            "net": "-8.13",
            "vat": "-1.87",
            "gross": "-10.00",
            "deposit": "0.00",
            "to_pay": "-10.00",
            "currency": "PLN",
            "rates": {"23": {"net": "-8.13", "vat": "-1.87", "gross": "-10.00"}},
            "stock": [],
            "books": [],
            "corrects": "FV 1/11/2026",
        },
    )
    assert asked(installation, "correct", "FV 1/11/2026", "--json-lines", file) == (
        0,
        row | {"document": number},
    )
    code, refused = asked(installation, "void", "FV 1/11/2026")
    assert (code, refused["code"]) == (1, "document_has_correction")
    assert number in refused["message"]
    out = tmp_path / "out"
    code, exported = asked(installation, "export", "--format", "pdf", "--out", str(out), "--number", number)
    assert code == 0
    assert Path(exported["file"]).read_bytes().startswith(b"%PDF")


def test_an_empty_file_corrects_to_zero(installation: Installation, tmp_path: Path) -> None:
    file = a_file(tmp_path)
    code, row = asked(installation, "correct", "FV 2/11/2026", "--json-lines", file)
    assert (code, row["gross"], row["corrects"]) == (0, "-54.99", "FV 2/11/2026")
    code, issued = asked(installation, "issue", "invoice", "--order", row["order"])
    assert (code, issued["document"]) == (0, "FV 4/11/2026")
    assert (row["order"], row["document"][:4]) == ("5f1a0002-aaaa-11f1-9000-000000000002", "KOR ")


def test_a_void_is_one_row_and_the_same_again(installation: Installation) -> None:
    code, row = asked(installation, "void", "FV 3/11/2026", "--reason", "pomyłka")
    assert (code, row["document"], row["voided"], row["reason"]) == (0, "FV 3/11/2026", True, "pomyłka")
    assert asked(installation, "void", "FV 3/11/2026", "--reason", "inny") == (0, row)


@pytest.mark.parametrize(
    "text", ["{", "[]", '{"line": 1, "colour": 2}', '{"quantity": 1}', '{"line": "x", "quantity": 1}']
)
def test_a_file_that_cannot_be_read_is_refused(installation: Installation, tmp_path: Path, text: str) -> None:
    path = tmp_path / "bad.jsonl"
    path.write_text(text, encoding="utf-8")
    code, refused = asked(installation, "correct", "FV 1/11/2026", "--json-lines", str(path))
    assert (code, refused["code"]) == (1, "correction_unreadable")


def test_a_file_of_another_encoding_is_refused(installation: Installation, tmp_path: Path) -> None:
    path = tmp_path / "latin.jsonl"
    path.write_bytes('{"reason": "zwrot"}\n{"reason": "pomyłka"}\n'.encode("iso-8859-2"))
    code, refused = asked(installation, "correct", "FV 1/11/2026", "--json-lines", str(path))
    assert (code, refused["code"]) == (1, "correction_unreadable")
    assert "wiersza 2" in refused["message"]


def test_a_folder_that_cannot_be_made_is_refused(installation: Installation, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    code, refused = asked(installation, "export", "--format", "json", "--out", str(tmp_path / "file" / "in"))
    assert (code, refused["code"]) == (1, "export_folder_unusable")


def test_unknown_numbers_and_missing_files(installation: Installation, tmp_path: Path) -> None:
    file = a_file(tmp_path)
    assert asked(installation, "correct", "FV 99", "--json-lines", file)[1]["code"] == "document_unknown"
    assert asked(installation, "void", "FV 99")[1]["code"] == "document_unknown"
    assert asked(installation, "correct", "FV 1", "--json-lines", str(tmp_path / "none"))[0] == 2
