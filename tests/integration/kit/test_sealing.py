"""The chain over the audit trail: whatever is changed behind our back is found."""

import json
from typing import Any

import pytest
from django.db import connection

from builders.companies import NOW
from stragan.cli.main import main
from stragan.kit.audit import Deed, record
from stragan.kit.guards import install_guards, missing_guards, remove_guards
from stragan.kit.models import AuditEvent, AuditSeal
from stragan.kit.sealing import seal, verify

pytestmark = pytest.mark.django_db


def deeds(*numbers: int) -> list[int]:
    record(
        (
            Deed(verb="document.issued", subject="document", subject_id=n, facts={"b": n, "a": "ż"})
            for n in numbers
        ),
        at=NOW,
    )
    return list(AuditEvent.objects.across_companies().order_by("id").values_list("id", flat=True))


def behind_our_back(statement: str, *parameters: int) -> None:
    remove_guards()
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
    install_guards()


def test_the_command_seals_what_is_new_and_says_that_all_of_it_holds(capsys: Any) -> None:
    deeds(*range(3))
    assert main(["audit", "verify", "--json"]) == 0
    first = json.loads(capsys.readouterr().out)
    assert (first["ok"], first["events"], first["first_broken"], len(first["head"])) == (True, 3, None, 64)
    deeds(4)
    assert main(["audit", "verify", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["events"] == 4


def test_an_empty_trail_holds(capsys: Any) -> None:
    assert main(["audit", "verify", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"ok": True, "events": 0, "first_broken": None, "head": ""}


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE kit_auditevent SET verb = 'document.voided' WHERE id = %s",
        "UPDATE kit_auditevent SET user_id = 7 WHERE id = %s",
        "DELETE FROM kit_auditevent WHERE id = %s",
        "UPDATE kit_auditseal SET sha256 = 'x' WHERE event_id = %s",
    ],
)
def test_what_was_changed_is_named(statement: str, capsys: Any) -> None:
    ids = deeds(*range(12))
    seal()
    behind_our_back(statement, ids[5])
    assert main(["audit", "verify", "--json"]) == 1
    told = json.loads(capsys.readouterr().out)
    assert (told["ok"], told["events"], told["first_broken"]) == (False, 5, ids[5])


def test_a_link_taken_out_breaks_the_next_one() -> None:
    ids = deeds(*range(4))
    seal()
    behind_our_back("DELETE FROM kit_auditseal WHERE event_id = %s", ids[1])
    assert verify().first_broken == ids[2]


def test_each_event_is_sealed_once_in_whatever_order_it_came() -> None:
    ids = deeds(*range(4))
    assert (seal(), seal(), seal(is_thorough=True)) == (4, 0, 0)
    behind_our_back("DELETE FROM kit_auditseal WHERE event_id >= %s", ids[2])  # as if they had committed late
    deeds(9)
    assert seal() == 3
    assert verify().ok
    assert AuditSeal.objects.count() == 5
    assert missing_guards() == []
