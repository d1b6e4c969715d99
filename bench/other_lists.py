"""Every other list at a million documents, moves and register rows: in the view, and as a whole page."""

from typing import Final

from bench.measuring import Figure, median, tell
from bench.pages import Pages, slowest_of
from bench.targets import Database

# Area → addresses: the list as it opens, then its filters, sorts and searches.
ADDRESSES: Final[dict[str, tuple[str, ...]]] = {
    "documents": (
        "/documents/",
        "/documents/?kind=invoice",
        "/documents/?kind=receipt",
        "/documents/?from=2026-11-01&to=2026-11-30",
        "/documents/?from=2025-06-01&to=2025-06-30",
        "/documents/?ksef=outside",
        "/documents/?state=valid",
        "/documents/?order=with",
        "/documents/?order=without",
        "/documents/?shop=1",
        "/documents/?q=zolw",
        "/documents/?q=fv+456789",
    ),
    "products": (
        "/products/",
        "/products/?q=kubek",
        "/products/?q=p-77777",
        "/products/?vat=8",
        "/products/?kind=no_ean",
        "/products/?archived=1",
        "/products/?sort=-name",
        "/products/?page=500",
        "/products/offers/",
        "/products/offers/?sort=most",
        "/products/offers/?q=kubek",
        "/products/offers/?seller=7001",
    ),
    "offers": (
        "/offers/",
        "/offers/?tab=unmatched",
        "/offers/?tab=ended",
        "/offers/?q=kubek",
        "/offers/?below=10",
        "/offers/?below=1&sort=-sold",
        "/offers/?sold=no",
        "/offers/?product=yes",
        "/offers/?shop=1",
        "/offers/?sort=price",
        "/offers/?page=500",
    ),
    "stock": (
        "/warehouse/",
        "/warehouse/?q=kubek",
        "/warehouse/?only=below",
        "/warehouse/notes/",
        "/warehouse/notes/?kind=pz",
        "/warehouse/notes/?q=n+45678",
        "/warehouse/?only=none",
        "/warehouse/?only=reserved",
        "/warehouse/?sort=-on_hand",
        "/warehouse/?sort=available",
        "/warehouse/?page=500",
    ),
    "contractors": (
        "/contractors/",
        "/contractors/?q=zolw",
        "/contractors/?q=zolw&who=company",
        "/contractors/?sort=name",
        "/contractors/?trait=nip",
        "/contractors/?trait=undocumented",
    ),
    "money": (
        "/orders/?view=1&tab=all",
        "/changes/",
        "/changes/?tab=settled",
        "/changes/?page=50",
        "/payouts/?shop=1",
        "/payouts/?shop=1&page=10",
        "/payouts/1000100/",
        "/payouts/fees/?shop=1",
        "/payouts/fees/?shop=1&month=2025-06",
    ),
    "frame": ("/", "/search/?q=kubek", "/search/?q=12"),
    "books": (
        "/books/vat/?period=2026-11",
        "/books/vat/?period=2025-06",
        "/books/revenue/?period=2026-11",
        "/books/vat/?period=2026-11&q=zolw",
        "/books/vat/?period=2026-11&part=named",
        "/books/vat/?period=2026-11&part=daily",
        "/books/months/",
        "/books/months/2026-11/",
    ),
}


def measure(_database: Database) -> None:
    """Time each address, then tell the slowest of each area."""
    pages = Pages()
    for area, addresses in ADDRESSES.items():
        found = {address: pages.timing(address) for address in addresses}
        name, slowest = slowest_of({address: timing.view for address, timing in found.items()})
        middle = median([timing.view.p50 for timing in found.values()])
        whole = max(timing.whole.p95 for timing in found.values())
        tell(
            Figure(
                key=f"list_{area}",
                value=slowest.p95,
                pace=slowest.pace,
                note=f"{name}; median of all {middle:.0f} ms; slowest whole page {whole:.0f} ms",
                details={address: timing.told for address, timing in found.items()},
            )
        )
