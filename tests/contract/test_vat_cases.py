"""The calculator against the project's table of worked cases, kept beside the official schemas."""

import json
import os
from pathlib import Path
from typing import Final

import pytest

from stragan.core.compute import answer_line

pytestmark = pytest.mark.schemas

REQUIRED: Final = "schemas" in os.environ.get("STRAGAN_TEST_REQUIRE", "").split(",")


def _table() -> Path:
    folder = os.environ.get("STRAGAN_SCHEMAS_DIR")
    assert folder, "set STRAGAN_SCHEMAS_DIR to the folder that testdata lies beside"
    return Path(folder).parent / "testdata" / "vat_cases.json"


def test_every_worked_case_is_computed_exactly() -> None:
    if not _table().is_file() and not REQUIRED:
        pytest.skip("testdata/vat_cases.json does not lie beside the schemas")
    cases = json.loads(_table().read_text(encoding="utf-8"))["cases"]
    answers = {case["id"]: json.loads(answer_line(json.dumps(case))) for case in cases}
    assert len(cases) >= 56
    assert answers == {case["id"]: case["expected"] for case in cases}
