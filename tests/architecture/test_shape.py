"""Budgets of size hold."""

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

SCRIPT = Path(__file__).resolve().parents[2] / "scripts" / "shape.py"


def shape_script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("shape", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["shape"] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module


def test_files_and_functions_keep_their_budgets() -> None:
    script = shape_script()
    assert script.broken_budgets(script.measure()) == []


def test_a_file_or_function_that_grows_too_big_is_named(tmp_path: Path) -> None:
    (tmp_path / "src").mkdir()
    body = "\n".join(["def long(a, b, c, d, e, f):", *["    pass"] * 70, *["x = 1"] * 540, ""])
    (tmp_path / "src" / "big.py").write_text(body)
    script = shape_script()
    broken = script.broken_budgets(script.measure(tmp_path))
    assert "src/big.py has 611 lines, budget 600" in broken
    assert "src/big.py:1 long has 71 lines, budget 70" in broken
    assert "src/big.py:1 long has 6 positional parameters, budget 5" in broken
