"""``stragan documents`` as its users run it: one line per order, eight at once, killed in the middle."""

import json
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from builders.installations import ROOT, Installation, an_installation

pytestmark = pytest.mark.slow
PROCESSES = 8
ISSUE = ["documents", "issue", "invoice", "--json"]


@pytest.fixture
def installation(tmp_path: Path) -> Iterator[Installation]:
    with an_installation(tmp_path) as made:
        made.environment["PYTHONPATH"] = f"{ROOT / 'src'}:{ROOT / 'tests'}"
        made.init()
        yield made


def fill(installation: Installation, count: int) -> None:
    """Store *count* good orders and one without a VAT rate."""
    installation.python(
        "from builders.companies import NOW, a_shop\n"
        "from builders.orders import a_numbered_form, stored, without_rate\n"
        "from stragan.companies.models import Company\n"
        f"forms = [a_numbered_form(number) for number in range(1, {count} + 1)]\n"
        f"forms.append(without_rate(a_numbered_form({count} + 1)))\n"
        "stored(a_shop(Company.objects.get()), forms, now=NOW)"
    )


def lines(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


def kept(installation: Installation) -> list[list[Any]]:
    """Read what the database holds: sequence and order of each document."""
    rows: list[list[Any]] = json.loads(
        installation.python(
            "import json\nfrom stragan.documents.models import Document\n"
            "rows = Document.objects.across_companies().order_by('sequence')\n"
            "print(json.dumps(list(rows.values_list('sequence', 'order_id'))))"
        )
    )
    return rows


def assert_consecutive(installation: Installation, count: int) -> None:
    rows = kept(installation)
    assert [sequence for sequence, _ in rows] == list(range(1, count + 1))
    assert len({order for _, order in rows}) == count


def test_eight_processes_at_once_leave_no_gap_and_no_duplicate(installation: Installation) -> None:
    fill(installation, 120)
    running = [installation.start(["-m", "stragan", *ISSUE, "--ready"]) for _ in range(PROCESSES)]
    answers = [process.communicate(timeout=120)[0] for process in running]
    assert_consecutive(installation, 120)
    numbers: dict[str, set[str]] = {}
    for answer in answers:
        rows = lines(answer)
        assert len({row["order"] for row in rows}) == len(rows)  # one line per order
        for row in rows:
            numbers.setdefault(row["order"], set()).add(str(row.get("document", row.get("refused"))))
    assert len(numbers) == 121
    assert all(len(given) == 1 for given in numbers.values())  # everybody was told the same


def test_a_killed_command_loses_nothing_and_doubles_nothing(installation: Installation) -> None:
    fill(installation, 350)
    for read_first in (1, 120):
        process = installation.start(["-m", "stragan", *ISSUE, "--ready"])
        assert process.stdout is not None
        for _ in range(read_first):
            process.stdout.readline()
        process.kill()
        process.wait()
        process.stdout.close()
        rows = kept(installation)
        assert [sequence for sequence, _ in rows] == list(range(1, len(rows) + 1))
    done = installation.command(*ISSUE, "--ready")
    assert done.returncode == 1  # one order has no rate
    assert_consecutive(installation, 350)


def test_one_line_per_order_and_the_first_result_again(installation: Installation) -> None:
    fill(installation, 2)
    first, second = (f"5f1a{number:04}-aaaa-11f1-9000-{number:012}" for number in (1, 3))
    words = [*ISSUE, "--order", first, second, "--order", "nowhere", first]
    would = installation.command(*words, "--dry-run")
    assert (would.returncode, kept(installation)) == (1, [])
    done = installation.command(*words)
    assert done.returncode == 1
    assert lines(done.stdout) == lines(would.stdout)
    issued, refused, unknown = lines(done.stdout)
    assert issued == {
        "order": first,
        "document": "FV 1/11/2026",
        "kind": "invoice",
        "net": "44.71",
        "vat": "10.28",
        "gross": "54.99",
        "deposit": "0.00",
        "to_pay": "54.99",
        "currency": "PLN",
        "rates": {"23": {"net": "44.71", "vat": "10.28", "gross": "54.99"}},
        "stock": [],
        "books": [],
    }
    assert (refused["order"], refused["refused"], unknown["refused"]) == (
        second,
        "vat_missing",
        "order_unknown",
    )
    assert refused["message"]
    assert lines(installation.command(*words).stdout) == lines(done.stdout)


def test_documents_are_exported_as_pdf_and_as_they_were_frozen(
    installation: Installation, tmp_path: Path
) -> None:
    fill(installation, 2)
    installation.command(*ISSUE, "--ready")
    out = tmp_path / "out"
    done = installation.command("documents", "export", "--format", "pdf", "--out", str(out), "--json")
    assert done.returncode == 0
    rows = lines(done.stdout)
    assert [row["document"] for row in rows] == ["FV 1/11/2026", "FV 2/11/2026"]
    assert sorted(path.name for path in out.iterdir()) == ["FV-1-11-2026.pdf", "FV-2-11-2026.pdf"]
    for row in rows:
        assert sha256(Path(row["file"]).read_bytes()).hexdigest() == row["sha256"]
    words = ["documents", "export", "--format", "json", "--out", str(out), "--json", "--number"]
    done = installation.command(*words, "FV 2/11/2026", "FV 9/11/2026")
    [written, missing] = lines(done.stdout)
    assert (done.returncode, missing["code"]) == (1, "document_unknown")
    assert json.loads(Path(written["file"]).read_bytes())["number"] == "FV 2/11/2026"


def test_exit_codes_tell_wrong_usage_from_refusal(installation: Installation) -> None:
    for words in (
        ["issue", "invoice"],
        ["issue", "poem", "--ready"],
        ["issue", "invoice", "--ready", "--issue-date", "yesterday"],
    ):
        assert installation.command("documents", *words, "--json").returncode == 2
    for words in (
        ["issue", "invoice", "--ready", "--company", "1234563218"],
        ["export", "--format", "fa3", "--out", "x"],
    ):
        done = installation.command("documents", *words, "--json")
        [row] = lines(done.stdout)
        assert (done.returncode, bool(row["code"]), bool(row["message"])) == (1, True, True)


def test_compute_answers_line_by_line_without_a_company(tmp_path: Path) -> None:
    case = {"lines": [{"qty": "1", "unit_gross": "123.00", "vat": "23"}]}
    with an_installation(tmp_path) as empty:
        empty.environment["PYTHONPATH"] = str(ROOT / "src")
        done = empty.command("documents", "compute", stdin=f"{json.dumps(case)}\nnonsense\n")
    answers = lines(done.stdout)
    assert (done.returncode, len(answers)) == (1, 2)
    assert answers[1]["refused"] == "not_json"
    assert not (tmp_path / "data").exists()


def test_every_kind_is_issued_by_command_and_answers_with_its_first_result(
    installation: Installation,
) -> None:
    fill(installation, 2)
    first, second = (f"5f1a{number:04}-aaaa-11f1-9000-{number:012}" for number in (1, 2))
    papers = ["documents", "issue", "pro_forma", "--ready", "--json"]
    done = installation.command(*papers)
    assert [row.get("document", row.get("refused")) for row in lines(done.stdout)] == [
        "PRO 1/11/2026",
        "PRO 2/11/2026",
        "vat_missing",
    ]
    assert lines(installation.command(*papers).stdout) == lines(done.stdout)
    receipt = installation.command("documents", "issue", "receipt", "--order", first, "--json")
    assert "receipts_not_chosen" in receipt.stderr
    [row] = lines(receipt.stdout)
    assert (row["document"], row["kind"], row["gross"]) == ("PAR 1/11/2026", "receipt", "54.99")
    income = installation.command("documents", "issue", "other_income", "--order", second, "--json")
    assert [one["document"] for one in lines(income.stdout)] == ["IP 1/11/2026"]
    refused = installation.command(*ISSUE, "--order", first, second)
    assert (refused.returncode, [one["refused"] for one in lines(refused.stdout)]) == (
        1,
        ["original_exists", "original_exists"],
    )
