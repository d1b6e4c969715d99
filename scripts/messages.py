"""Keep the Polish catalogs: ``update`` collects texts, ``compile`` writes .mo files, ``check`` judges both.

Each folder of ``src/stragan/web`` has a catalog of its own; everything outside ``web`` shares the one
of ``kit``. Only Babel is needed, not the gettext programs. Files carry no dates and no line numbers,
so that the same texts give the same bytes. Names of areas after the command limit it to them.
"""

import argparse
import io
import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

ROOT: Final = Path(__file__).resolve().parent.parent
SOURCE: Final = ROOT / "src" / "stragan"
WEB: Final = SOURCE / "web"
PLURAL_FORMS: Final = 3
HEADERS: Final = [
    ("Project-Id-Version", "stragan"),
    ("Language", "pl"),
    ("MIME-Version", "1.0"),
    ("Content-Type", "text/plain; charset=utf-8"),
    ("Content-Transfer-Encoding", "8bit"),
    (
        "Plural-Forms",
        f"nplurals={PLURAL_FORMS}; "
        "plural=(n==1 ? 0 : n%10>=2 && n%10<=4 && (n%100<10 || n%100>=20) ? 1 : 2);",
    ),
]
_PLAIN: Final[dict[str, tuple[int | tuple[int, str], ...] | None]] = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
}
KEYWORDS: Final[dict[str, tuple[int | tuple[int, str], ...] | None]] = {
    **_PLAIN,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
IN_F_STRING: Final = re.compile(r"""\bf["'].*\{(?:_|n?p?gettext(?:_lazy)?)\(""")
PLACEHOLDER: Final = re.compile(r"%\((\w+)\)[sd]|\{(\w*)\}")


class PlainCatalog(Catalog):
    """A catalog whose header never changes by itself."""

    @property
    def mime_headers(self) -> list[tuple[str, str]]:
        """The same few headers each time: no dates, no program versions."""
        return HEADERS

    @mime_headers.setter
    def mime_headers(self, value: Iterable[tuple[str, str]]) -> None:
        """Ignore headers read from a file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Area:
    """A folder of sources with the catalog they share."""

    name: str
    home: Path
    files: tuple[Path, ...]

    @property
    def po(self) -> Path:
        """Where the texts are translated."""
        return self.home / "locale" / "pl" / "LC_MESSAGES" / "django.po"

    @property
    def mo(self) -> Path:
        """What the product reads."""
        return self.po.with_suffix(".mo")


def areas() -> list[Area]:
    """All catalogs with their sources; an area without texts has none."""
    result = []
    for home in sorted(path for path in WEB.iterdir() if (path / "__init__.py").exists()):
        files = [*home.rglob("*.py"), *home.rglob("templates/**/*.html"), *home.rglob("templates/**/*.txt")]
        result.append(Area(name=home.name, home=home, files=tuple(sorted(files))))
    rest = [path for path in SOURCE.rglob("*.py") if WEB not in path.parents]
    result.append(Area(name="kit", home=SOURCE / "kit", files=tuple(sorted(rest))))
    return [area for area in result if len(collected(area))]


def texts(path: Path) -> Iterator[tuple[str | tuple[str, ...], str | None]]:
    """Yield every translatable text of a file, with its context."""
    source = path.read_text()
    if path.suffix != ".py":
        # Indentation of a page means nothing, but Python's tokenizer would trip over it.
        source = "\n".join(line.strip() for line in templatize(source).splitlines())
    found = extract("python", io.BytesIO(source.encode()), KEYWORDS)
    for _line, message, _comments, context in found:
        yield (tuple(message) if isinstance(message, (list, tuple)) else message), context


def collected(area: Area) -> PlainCatalog:
    """Return a catalog of all texts in the sources of *area*, without translations."""
    catalog = PlainCatalog(locale="pl", header_comment="", fuzzy=False)
    for path in area.files:
        for message, context in texts(path):
            catalog.add(message, context=context)
    return catalog


def translated(area: Area) -> Catalog:
    """Read the translations of *area*; an empty catalog where there is no file yet."""
    if not area.po.exists():
        return Catalog(locale="pl")
    with area.po.open("rb") as file:
        return read_po(file, locale="pl")


def merged(area: Area) -> PlainCatalog:
    """Return the texts of the sources with the translations that exist; unused ones become obsolete."""
    old = translated(area)
    new = collected(area)
    for message in new:
        known = old.get(message.id, message.context) if message.id else None
        if known is not None and known.id == message.id:
            message.string = known.string
            message.flags |= known.flags & {"fuzzy"}
            message.user_comments = known.user_comments
    unused = [message for message in old if message.id and (message.id, message.context) not in _keys(new)]
    for message in [*unused, *old.obsolete.values()]:
        if _is_translated(message) and (message.id, message.context) not in _keys(new):
            new.obsolete["\0".join(forms(message.id))] = message
    return new


def _keys(catalog: Catalog) -> set[tuple[object, str | None]]:
    return {(message.id, message.context) for message in catalog}


def po_bytes(catalog: PlainCatalog) -> bytes:
    """Return the .po file of *catalog*, sorted, without places."""
    buffer = io.BytesIO()
    write_po(buffer, catalog, width=100, no_location=True, sort_output=True)
    return buffer.getvalue().lstrip()


def mo_bytes(area: Area) -> bytes:
    """Return the .mo file made from the .po file of *area*."""
    plain = PlainCatalog(locale="pl", header_comment="", fuzzy=False)
    for message in translated(area):
        if message.id:
            plain[message.id] = message
    buffer = io.BytesIO()
    write_mo(buffer, plain)
    return buffer.getvalue()


def forms(text: str | list[str] | tuple[str, ...] | None) -> tuple[str, ...]:
    """Return a text as its forms: one, or as many as the plural has."""
    return (text or "",) if text is None or isinstance(text, str) else tuple(text)


def _is_translated(message: Message) -> bool:
    strings = forms(message.string)
    return all(strings) and (not message.pluralizable or len(strings) == PLURAL_FORMS)


def _placeholders(text: str) -> set[str]:
    return {first or second for first, second in PLACEHOLDER.findall(text)}


def faults(area: Area) -> Iterator[str]:
    """Yield what is wrong with the catalog of *area*, in words."""
    known = translated(area)
    for message in collected(area):
        if not message.id:
            continue
        where = f"{area.name}: {message.id!r}"
        found = known.get(message.id, message.context)
        if found is None or found.id != message.id or not _is_translated(found):
            yield f"{where} lacks a Polish translation"
            continue
        if "fuzzy" in found.flags:
            yield f"{where} is fuzzy"
        strings = forms(found.string)
        wanted = _placeholders(" ".join(forms(message.id)))
        if any(not _placeholders(text) <= wanted for text in strings) or wanted - _placeholders(strings[-1]):
            yield f"{where} has other placeholders in Polish"
    for path in area.files:
        if path.suffix == ".py" and IN_F_STRING.search(path.read_text()):
            yield f"{path.relative_to(ROOT)}: a text inside an f-string is not collected; take it out"
    if not area.mo.exists() or area.mo.read_bytes() != mo_bytes(area):
        yield f"{area.name}: the compiled catalog is stale; run scripts/messages.py compile"


def update(chosen: list[Area]) -> int:
    """Write the .po files."""
    for area in chosen:
        area.po.parent.mkdir(parents=True, exist_ok=True)
        area.po.write_bytes(po_bytes(merged(area)))
    return 0


def compile_(chosen: list[Area]) -> int:
    """Write the .mo files."""
    for area in chosen:
        if area.po.exists():
            area.mo.write_bytes(mo_bytes(area))
    return 0


def check(chosen: list[Area]) -> int:
    """Print every fault; 1 when there is one."""
    found = [fault for area in chosen for fault in faults(area)]
    print("\n".join(found) or "all texts have their Polish")
    return 1 if found else 0


def main() -> int:
    """Run the command named on the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    commands = {"update": update, "compile": compile_, "check": check}
    parser.add_argument("command", choices=commands)
    parser.add_argument("area", nargs="*")
    given = parser.parse_args()
    return commands[given.command]([area for area in areas() if not given.area or area.name in given.area])


if __name__ == "__main__":
    sys.exit(main())
