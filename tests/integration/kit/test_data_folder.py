"""Whose a folder is, and where it may lie."""

from pathlib import Path

import pytest

from stragan.kit.data_folder import (
    FolderInUse,
    FolderUnusable,
    claim_for_demo,
    held_by_serve,
    refuse_demo_folder,
    refuse_network_file_system,
)

MOUNTS = """\
22 1 254:0 / / rw,relatime - ext4 /dev/vda rw
30 22 0:40 / /mnt/share rw - nfs4 server:/share rw
31 30 254:1 / /mnt/share/local rw - xfs /dev/vdb rw
32 22 0:41 / /mnt/two\\040words rw - fuse.sshfs me@host rw
"""


@pytest.mark.parametrize(
    ("path", "is_refused"),
    [
        ("/srv/stragan", False),
        ("/mnt/share/stragan", True),
        ("/mnt/share/local/stragan", False),
        ("/mnt/two words/stragan", True),
    ],
)
def test_a_network_file_system_is_refused(tmp_path: Path, path: str, is_refused: bool) -> None:  # noqa: FBT001 -- a case of the table
    mounts = tmp_path / "mountinfo"
    mounts.write_text(MOUNTS)
    if not is_refused:
        refuse_network_file_system(Path(path), mounts=mounts)
        return
    with pytest.raises(FolderUnusable, match="network file system"):
        refuse_network_file_system(Path(path), mounts=mounts)


def test_the_demo_and_real_work_keep_out_of_each_others_folders(tmp_path: Path) -> None:
    real = tmp_path / "real"
    real.mkdir()
    (real / "stragan.sqlite3").touch()
    with pytest.raises(FolderUnusable):
        claim_for_demo(real)
    refuse_demo_folder(real)
    demo = tmp_path / "demo"
    claim_for_demo(demo)
    claim_for_demo(demo)
    with pytest.raises(FolderUnusable, match="demo"):
        refuse_demo_folder(demo)


def test_one_serve_at_a_time_holds_a_folder(tmp_path: Path) -> None:
    with held_by_serve(tmp_path) as was_killed:
        assert not was_killed
        with pytest.raises(FolderInUse, match="running"), held_by_serve(tmp_path):
            pass
    with held_by_serve(tmp_path) as was_killed:
        assert not was_killed, "the one before let go by itself"


def test_a_killed_predecessor_is_noticed(tmp_path: Path) -> None:
    (tmp_path / "serve.lock").write_text("4711")
    with held_by_serve(tmp_path) as was_killed:
        assert was_killed
