"""docs/seed.md says the truth: every requirement has its row, every test and picture named there exists."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "seed.md"
ROW = re.compile(r"^\| (S\d+) \|(.*)\|$", re.MULTILINE)
TEST = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")
PICTURE = re.compile(r"\((images/[\w./-]+\.png)\)")


def rows() -> list[tuple[str, str]]:
    return ROW.findall(PAGE.read_text(encoding="utf-8"))


def test_each_requirement_has_one_row() -> None:
    assert [name for name, _ in rows()] == [f"S{number}" for number in range(1, 65)]


def test_each_row_names_a_test_that_exists() -> None:
    for name, text in rows():
        named = TEST.findall(text)
        assert named, f"{name} names no test"
        for path, function in named:
            source = (ROOT / path).read_text(encoding="utf-8")
            assert re.search(rf"^(?:    )?def {function}\(", source, re.MULTILINE), f"{path}::{function}"


def test_the_ten_pictured_screens_have_their_pictures() -> None:
    text = PAGE.read_text(encoding="utf-8")
    pictures = PICTURE.findall(text[text.index("## The ten screens") :])
    assert len(pictures) == 10
    for picture in pictures:
        assert (PAGE.parent / picture).is_file(), picture
