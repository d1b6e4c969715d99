"""Bring the browser files of other projects into the repository, with their licences and hashes.

Maintainers run ``npm ci --ignore-scripts`` in ``assets/`` and then ``scripts/vendor.py``; the result is
committed, so users and CI never need Node. ``scripts/vendor.py --check`` compares the committed files with
the hashes in THIRD_PARTY.md and needs nothing but Python.
"""

import argparse
import hashlib
import json
import re
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MODULES = ROOT / "assets" / "node_modules"
ICONS = ROOT / "assets" / "icons.txt"
STATIC = ROOT / "src" / "stragan" / "web" / "shell" / "static" / "vendor"
TESTS = ROOT / "tests" / "browser" / "vendor"
NOTICE = ROOT / "THIRD_PARTY.md"

# The npm archive of Tabler's CSS comes without the licence file that its package.json names.
MIT_TABLER = """The MIT License (MIT)

Copyright (c) 2018-2026 The Tabler Authors

Permission is hereby granted, free of charge, to any person obtaining a copy
of this software and associated documentation files (the "Software"), to deal
in the Software without restriction, including without limitation the rights
to use, copy, modify, merge, publish, distribute, sublicense, and/or sell
copies of the Software, and to permit persons to whom the Software is
furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in
all copies or substantial portions of the Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR
IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY,
FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE
AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER
LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM,
OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE
SOFTWARE.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Package:
    """One npm package: what is taken from it and under which licence."""

    name: str
    folder: str
    licence: str
    use: str
    files: tuple[str, ...]
    licence_file: str | None
    target: Path = STATIC


PACKAGES = (
    Package(
        name="@tabler/core",
        folder="tabler",
        licence="MIT",
        use="base styles",
        files=("dist/css/tabler.min.css",),
        licence_file=None,
    ),
    Package(
        name="@tabler/icons",
        folder="tabler-icons",
        licence="MIT",
        use="icons, cut into one sprite",
        files=(),
        licence_file="LICENSE",
    ),
    Package(
        name="@fontsource-variable/inter",
        folder="inter",
        licence="OFL-1.1",
        use="typeface of the pages",
        files=("files/inter-latin-opsz-normal.woff2", "files/inter-latin-ext-opsz-normal.woff2"),
        licence_file="LICENSE",
    ),
    Package(
        name="axe-core",
        folder="axe-core",
        licence="MPL-2.0",
        use="accessibility checks in the tests, not shipped",
        files=("axe.min.js",),
        licence_file="LICENSE",
        target=TESTS,
    ),
)


def locked_versions() -> dict[str, str]:
    """Versions by package name, from the lock file."""
    lock = json.loads((ROOT / "assets" / "package-lock.json").read_text())
    return {
        path.removeprefix("node_modules/"): entry["version"]
        for path, entry in lock["packages"].items()
        if path.startswith("node_modules/")
    }


def without_source_map(text: str) -> str:
    """Drop the pointer to a source map: the map is not shipped, and hashed file names trip on it."""
    text = re.sub(r"/\*#\s*sourceMappingURL=.*?\*/", "", text)
    return re.sub(r"^//#\s*sourceMappingURL=.*$", "", text, flags=re.MULTILINE)


def sprite() -> str:
    """Return one SVG file with a symbol for every icon named in assets/icons.txt."""
    symbols = []
    for name in ICONS.read_text().split():
        source = (MODULES / "@tabler" / "icons" / "icons" / "outline" / f"{name}.svg").read_text()
        body = re.sub(r"<!--.*?-->", "", source, flags=re.DOTALL)
        body = re.sub(r"^\s*<svg[^>]*>|</svg>\s*$", "", body.strip(), flags=re.DOTALL)
        body = re.sub(r'<path stroke="none" d="M0 0h24v24H0z" fill="none" ?/>', "", body)
        shapes = " ".join(body.split())
        symbols.append(f'<symbol id="{name}" viewBox="0 0 24 24">{shapes}</symbol>')
    return '<svg xmlns="http://www.w3.org/2000/svg">\n' + "\n".join(symbols) + "\n</svg>\n"


def copy_package(package: Package, version: str) -> None:
    """Write the files of *package* and its licence into a folder named after its version."""
    for old in package.target.glob(f"{package.folder}-[0-9]*"):
        shutil.rmtree(old)
    target = package.target / f"{package.folder}-{version}"
    target.mkdir(parents=True)
    source = MODULES / package.name
    for name in package.files:
        data = (source / name).read_bytes()
        if name.endswith((".css", ".js")):
            data = without_source_map(data.decode()).rstrip().encode() + b"\n"
        (target / Path(name).name).write_bytes(data)
    if package.folder == "tabler-icons":
        (target / "sprite.svg").write_text(sprite())
    licence = MIT_TABLER if package.licence_file is None else (source / package.licence_file).read_text()
    (target / "LICENSE").write_text(licence)


def rows(versions: dict[str, str]) -> list[str]:
    """One table row per vendored file: package, version, licence, use, path, SHA-256."""
    result = []
    for package in PACKAGES:
        version = versions[package.name]
        for path in sorted((package.target / f"{package.folder}-{version}").iterdir()):
            digest = hashlib.sha256(path.read_bytes()).hexdigest()
            result.append(
                f"| {package.name} | {version} | {package.licence} | {package.use} "
                f"| `{path.relative_to(ROOT)}` | `{digest}` |"
            )
    return result


def notice(versions: dict[str, str]) -> str:
    """Return the text of THIRD_PARTY.md."""
    head = (
        "# Files of other projects in this repository\n\n"
        "Written by `scripts/vendor.py`; `scripts/vendor.py --check` compares the hashes. Python\n"
        "packages are not copied: they are named in `requirements/`, each under its own licence.\n\n"
        "| package | version | licence | use | file | SHA-256 |\n|---|---|---|---|---|---|\n"
    )
    return head + "\n".join(rows(versions)) + "\n"


def main() -> int:
    """Copy the files, or with ``--check`` only compare them with THIRD_PARTY.md."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="compare, change nothing")
    check: bool = parser.parse_args().check
    versions = locked_versions()
    if check:
        if NOTICE.read_text() != notice(versions):
            print("vendored files differ from THIRD_PARTY.md")
            return 1
        return 0
    for package in PACKAGES:
        copy_package(package, versions[package.name])
    NOTICE.write_text(notice(versions))
    return 0


if __name__ == "__main__":
    sys.exit(main())
