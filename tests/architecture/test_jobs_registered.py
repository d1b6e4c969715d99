"""Every job that is asked for has somebody who does it."""

import ast
from pathlib import Path

import pytest

from stragan.jobs.registry import HANDLERS, TOGETHER, at_once, handler_of, handler_of_several

SOURCE = Path(__file__).resolve().parents[2] / "src" / "stragan"


def asked_names() -> dict[str, str]:
    """Names given to ``Request(name=…)`` anywhere, and where."""
    found: dict[str, str] = {}
    for path in SOURCE.rglob("*.py"):
        tree = ast.parse(path.read_text())
        for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
            called = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
            if called == "Request":
                place = f"{path.relative_to(SOURCE)}:{call.lineno}"
                found |= {
                    text_of(word.value, tree, place): place for word in call.keywords if word.arg == "name"
                }
    return found


def text_of(value: ast.expr, tree: ast.Module, place: str) -> str:
    """A text that is written out, or a constant of the same module."""
    if isinstance(value, ast.Name):
        for node in tree.body:
            target = node.target if isinstance(node, ast.AnnAssign) else None
            if isinstance(node, ast.AnnAssign) and isinstance(target, ast.Name) and target.id == value.id:
                assert node.value is not None, f"{place}: {value.id} has no value"
                return text_of(node.value, tree, place)
    assert isinstance(value, ast.Constant), f"{place}: write the job's name out"
    return str(value.value)


def test_every_job_asked_for_is_registered() -> None:
    names = asked_names()
    assert names, "jobs are asked for somewhere"
    assert {name: place for name, place in names.items() if name not in HANDLERS} == {}


@pytest.mark.parametrize("name", sorted(HANDLERS))
def test_every_registered_job_can_be_loaded(name: str) -> None:
    assert callable(handler_of(name))


@pytest.mark.parametrize("name", sorted(TOGETHER))
def test_jobs_done_together_can_be_done_alone_too(name: str) -> None:
    assert name in HANDLERS
    assert callable(handler_of_several(name))
    assert at_once(name) > 1
