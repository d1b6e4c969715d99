"""Whether a holder is dead is told of this very machine's processes only."""

import os
from pathlib import Path

import pytest

from stragan.shops import leases
from stragan.shops.models import Shop

ROOT_TABLE = "pid:[4026531836]"  # of the first process table on every Linux


def a_machine(folder: Path, *, boot_id: str, table: str = ROOT_TABLE) -> Path:
    """Make the files by which a machine is told from others; no process of ours runs there."""
    (folder / "sys/kernel/random").mkdir(parents=True)
    (folder / "sys/kernel/random/boot_id").write_text(f"{boot_id}\n")
    (folder / "self/ns").mkdir(parents=True)
    (folder / "self/ns/pid").symlink_to(table)
    return folder


def owner_on(machine: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr(leases, "_PROC", machine)
    return leases.new_owner()


def test_a_machine_of_the_same_name_does_not_take_a_living_holder_for_dead(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("socket.gethostname", lambda: "stragan")
    here = a_machine(tmp_path / "here", boot_id="4f9c")
    twin = a_machine(tmp_path / "twin", boot_id="a210")
    container = a_machine(tmp_path / "container", boot_id="4f9c", table="pid:[4026532999]")
    owners = [owner_on(machine, monkeypatch) for machine in (twin, container, here)]
    assert [leases.is_dead(owner) for owner in owners] == [False, False, True]
    (here / str(os.getpid())).mkdir()
    assert not leases.is_dead(owners[2])


def test_a_holder_before_the_machine_started_anew_is_not_looked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = owner_on(a_machine(tmp_path / "before", boot_id="1"), monkeypatch)
    owner_on(a_machine(tmp_path / "after", boot_id="2"), monkeypatch)
    assert not leases.is_dead(before)  # it waits for the end of the lease


def test_a_name_of_any_length_fits_the_column(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("socket.gethostname", lambda: "ż" * 64)
    monkeypatch.setattr("os.getpid", lambda: 4_194_304)
    longest = Shop._meta.get_field("lease_owner").max_length
    assert longest is not None
    assert len(leases.new_owner()) <= longest
