"""Prints the sizes of files and functions and checks them against the budgets. Standard library only."""

import ast
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent

FILE_MEDIAN: Final = 120
FILE_P90: Final = 350
FILE_MAX: Final = 600
FUNCTION_P90: Final = 30
FUNCTION_MAX: Final = 70
POSITIONAL_MAX: Final = 5

Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, slots=True)
class Sized:
    """Something with a size, and where it is."""

    size: int
    place: str


@dataclass(slots=True)
class Shape:
    """All files and functions of the product, tests and scripts."""

    files: list[Sized] = field(default_factory=list)
    functions: list[Sized] = field(default_factory=list)
    parameters: list[Sized] = field(default_factory=list)


def measure(root: Path = ROOT) -> Shape:
    """Count lines of files, lines of functions from ``def`` to the end, and positional parameters."""
    shape = Shape()
    for path in sorted(_sources(root)):
        text = path.read_text()
        place = str(path.relative_to(root))
        lines = text.count("\n")
        if lines:
            shape.files.append(Sized(lines, place))
        for function in _functions(ast.parse(text)):
            where = f"{place}:{function.lineno} {function.name}"
            shape.functions.append(Sized((function.end_lineno or 0) - function.lineno + 1, where))
            given = [*function.args.posonlyargs, *function.args.args]
            own = [argument for argument in given if argument.arg not in {"self", "cls"}]
            shape.parameters.append(Sized(len(own), where))
    return shape


def broken_budgets(shape: Shape) -> list[str]:
    """Sentences about what is too big; empty when all is well."""
    broken = [
        f"{what} of {name} is {found}, budget {budget}"
        for name, what, found, budget in (
            ("files", "median", _percentile(shape.files, 50), FILE_MEDIAN),
            ("files", "p90", _percentile(shape.files, 90), FILE_P90),
            ("functions", "p90", _percentile(shape.functions, 90), FUNCTION_P90),
        )
        if found > budget
    ]
    for items, budget, unit in (
        (shape.files, FILE_MAX, "lines"),
        (shape.functions, FUNCTION_MAX, "lines"),
        (shape.parameters, POSITIONAL_MAX, "positional parameters"),
    ):
        broken += [
            f"{item.place} has {item.size} {unit}, budget {budget}" for item in items if item.size > budget
        ]
    return broken


def _sources(root: Path) -> Iterator[Path]:
    for folder in ("src", "tests", "scripts", "bench"):
        for path in (root / folder).rglob("*.py"):
            if "migrations" not in path.parts:  # written by Django
                yield path


def _functions(tree: ast.Module) -> Iterator[Function]:
    for node in ast.walk(tree):
        if isinstance(node, Function):
            yield node


def _percentile(items: Sequence[Sized], percent: int) -> int:
    sizes = sorted(item.size for item in items)
    return sizes[min(len(sizes) * percent // 100, len(sizes) - 1)] if sizes else 0


def _print(shape: Shape) -> None:
    print(f"{'':12}{'count':>7}{'p50':>6}{'p90':>6}{'max':>6}")
    for name, items in (
        ("files", shape.files),
        ("functions", shape.functions),
        ("parameters", shape.parameters),
    ):
        worst = max((item.size for item in items), default=0)
        print(f"{name:12}{len(items):>7}{_percentile(items, 50):>6}{_percentile(items, 90):>6}{worst:>6}")
    for item in sorted(shape.files, key=lambda item: -item.size)[:5]:
        print(f"  {item.size:>5} {item.place}")
    for item in sorted(shape.functions, key=lambda item: -item.size)[:5]:
        print(f"  {item.size:>5} {item.place}")


def main() -> int:
    """Print the table unless told to be quiet; 1 when a budget is broken."""
    shape = measure()
    if "--quiet" not in sys.argv:
        _print(shape)
    broken = broken_budgets(shape)
    for sentence in broken:
        print(sentence)
    return 1 if broken else 0


if __name__ == "__main__":
    raise SystemExit(main())
