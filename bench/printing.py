"""PDFs from snapshots: the first of a process, then warm ones. No database takes part."""

import subprocess
import sys
import time
from dataclasses import replace
from typing import Final

from bench.measuring import Figure, median, tell, timed
from bench.targets import Database
from builders.snapshots import an_invoice, an_invoice_of
from stragan.core.snapshot import DocumentSnapshot

TIMES: Final = 40
FIRSTS: Final = 5
_FIRST: Final = """
import time
from builders.snapshots import an_invoice
from stragan.formats import pdf
snapshot = an_invoice()
started = time.perf_counter()
pdf.render(snapshot)
print((time.perf_counter() - started) * 1000)
"""


def measure(_database: Database) -> None:
    """Print and tell."""
    firsts = [
        float(subprocess.run([sys.executable, "-c", _FIRST], capture_output=True, check=True).stdout)
        for _ in range(FIRSTS)
    ]
    started = time.perf_counter()
    from stragan.formats import pdf

    imported_ms = (time.perf_counter() - started) * 1000
    # Each one differs, as invoices do: the typesetter remembers what it has set before.
    simple = iter([_for_buyer(an_invoice(), place) for place in range(TIMES + 4)])
    long = iter([_for_buyer(an_invoice_of(40), place) for place in range(TIMES + 2)])
    warm = timed(lambda: pdf.render(next(simple)), times=TIMES, warm_up=3)
    forty = timed(lambda: pdf.render(next(long)), times=TIMES, warm_up=2)
    tell(
        Figure(
            key="pdf_simple",
            value=warm.p50,
            pace=warm.pace,
            note=f"p95 {warm.p95:.0f} ms; QR codes come with KSeF",
        )
    )
    tell(Figure(key="pdf_40", value=forty.p50, pace=forty.pace, note=f"p95 {forty.p95:.0f} ms"))
    tell(
        Figure(
            key="pdf_first",
            value=median(firsts),
            note=f"of {FIRSTS} processes; importing the typesetter before it took {imported_ms:.0f} ms",
        )
    )
    tell(Figure(key="pdf_size", value=len(pdf.render(next(simple))) / 1024))


def _for_buyer(snapshot: DocumentSnapshot, place: int) -> DocumentSnapshot:
    lines = tuple(
        replace(line, name=f"{line.name} {place}{line.position}", sku=f"S-{place}-{line.position}")
        for line in snapshot.lines
    )
    buyer = replace(snapshot.buyer, name=f"Żaneta Próbna {place}", street=f"ul. Testowa {place + 1}/7")
    return replace(snapshot, number=f"FV {place + 1}/11/2026", buyer=buyer, lines=lines)
