"""Any text can be printed, and the same everywhere. Many renderings: kept out of the quick loop."""

import io
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pypdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builders.snapshots import a_consumer, a_deposit_invoice, an_exempt_invoice, an_invoice, an_invoice_of
from stragan.core.snapshot import DocumentSnapshot
from stragan.formats.pdf import render
from stragan.formats.pdf.document import document_of
from stragan.formats.pdf.faces import FAMILIES, read_face

pytestmark = pytest.mark.slow


def with_text(base: DocumentSnapshot, text: str) -> DocumentSnapshot:
    """Put one text into every field that can hold one."""
    return replace(
        base, number=text, exemption_basis=text, notes=text, order_id=text, shop=text, currency=text,
        seller=replace(
            base.seller, name=text, street=text, postal_code=text, city=text, country=text, nip=text,
            bdo=text, bank_account=text, bank_name=text, footer=text,
        ),
        buyer=replace(
            base.buyer, name=text, street=text, postal_code=text, city=text, country=text, nip=text,
            vat_eu=text,
        ),
        payment=replace(base.payment, method=text, provider=text),
        lines=tuple(
            replace(line, name=text, unit=text, sku=text, ean=text, vat_code=text) for line in base.lines
        ),
        rates=tuple(replace(rate, code=text) for rate in base.rates),
        deposits=tuple(replace(deposit, name=text) for deposit in base.deposits),
    )  # fmt: skip


@pytest.mark.parametrize("base", [an_invoice(), a_deposit_invoice(), an_exempt_invoice()])
@pytest.mark.parametrize(
    "text",
    [
        "", " ", "\u0007", "😀 👩\u200d👧", "日本語", "שלום عليكم", "\u202eabc", "\ue000",
        "q\u0301 e\u0301\u0302", "\u0301", "\ud800", "#$*_@<>\\`~[]{}// = - + /", "a" * 400, "x " * 300,
        "Budowlano-" * 30, "\n\r\t\u2028", "\U0010ffff\uffff", "\u00a0" * 80, "ﬁ ﷺ ①",
    ],
)  # fmt: skip
def test_any_text_in_any_field_can_be_printed(base: DocumentSnapshot, text: str) -> None:
    snapshot = with_text(base, text)
    planned = document_of(snapshot).pages
    printed = pypdf.PdfReader(io.BytesIO(render(snapshot))).pages
    assert not planned or len(printed) == len(planned)


@settings(max_examples=25)
@given(st.text(max_size=120))
def test_random_text_in_any_field_can_be_printed(text: str) -> None:
    snapshot = with_text(a_deposit_invoice(), text)
    planned = document_of(snapshot).pages
    printed = pypdf.PdfReader(io.BytesIO(render(snapshot))).pages
    assert not planned or len(printed) == len(planned)


def test_every_character_the_fonts_claim_can_be_printed() -> None:
    chars = sorted(
        {code for paths in FAMILIES.values() for path in paths for code in read_face(path).advances}
    )
    text = " ".join(map(chr, chars))
    assert render(an_invoice(notes=text, buyer=replace(a_consumer(), name=text)))


def test_a_child_of_a_process_that_printed_fails_at_once_instead_of_hanging() -> None:
    program = """
import os
from builders.snapshots import an_invoice
from stragan.formats.pdf import render
render(an_invoice())
child = os.fork()
if child == 0:
    try:
        render(an_invoice())
    except AssertionError:
        os._exit(7)
    os._exit(1)
raise SystemExit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""
    assert python(program).returncode == 7


def python(program: str) -> subprocess.CompletedProcess[bytes]:
    """Run a program in a fresh process that sees the product and the builders."""
    tests = Path(__file__).parents[1]
    paths = f"{tests}:{tests.parent / 'src'}"
    return subprocess.run(
        [sys.executable, "-c", program],
        env={"PYTHONPATH": paths},
        capture_output=True,
        check=False,
        timeout=30,
    )


def test_the_same_snapshot_gives_the_same_bytes_in_another_process() -> None:
    program = (
        "import sys; from builders.snapshots import an_invoice_of; from stragan.formats.pdf import render; "
        "sys.stdout.buffer.write(render(an_invoice_of(25)))"
    )
    other = python(program).stdout
    render(an_invoice())  # a warm compiler must not matter either
    assert render(an_invoice_of(25)) == other
