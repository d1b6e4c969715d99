"""Every anticipated error has a sentence for people."""

import pkgutil
from importlib import import_module

import pytest

import stragan
from stragan.core.errors import StraganError
from stragan.kit.messages import TEXTS

SPOKEN_ELSEWHERE = {
    "core.errors": "the five bases are never raised themselves",
}


def all_errors() -> list[type[StraganError]]:
    for module in pkgutil.walk_packages(stragan.__path__, "stragan."):
        if ".migrations" not in module.name and not module.name.endswith(("__main__", "wsgi", "settings")):
            import_module(module.name)
    found: list[type[StraganError]] = []
    waiting = list(StraganError.__subclasses__())
    while waiting:
        error = waiting.pop()
        waiting.extend(error.__subclasses__())
        if not error.__module__.startswith("stragan."):
            continue  # errors that tests make up
        if error.__module__.removeprefix("stragan.") not in SPOKEN_ELSEWHERE:
            found.append(error)
    return found


@pytest.mark.django_db
def test_every_error_has_a_code_and_a_sentence() -> None:
    silent = sorted(
        f"{error.__module__}.{error.__name__}: {error.code}"
        for error in all_errors()
        if error.code not in TEXTS
    )
    assert silent == []


def test_codes_of_different_errors_differ() -> None:
    names: dict[str, set[str]] = {}
    for error in all_errors():
        if "code" in vars(error):
            names.setdefault(error.code, set()).add(f"{error.__module__}.{error.__qualname__}")
    assert {code: sharing for code, sharing in names.items() if len(sharing) > 1} == {}
