"""The folder of everything an installation keeps: where it is, whose it is, who works in it."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

# SQLite's WAL needs memory shared between processes, which these file systems do not give.
NETWORK_FILE_SYSTEMS: Final = frozenset(
    {"nfs", "nfs4", "cifs", "smb2", "smb3", "smbfs", "afs", "ceph", "lustre", "glusterfs", "davfs"}
    | {f"fuse.{name}" for name in ("sshfs", "glusterfs", "davfs2", "rclone", "s3fs", "ceph")}
)
_DEMO_MARK: Final = ".stragan-demo"
_SERVE_LOCK: Final = "serve.lock"


class FolderUnusable(Exception):
    """The folder must not be used for this; the text says why and what to do."""


class FolderInUse(FolderUnusable):
    """Another ``serve`` works in this folder."""


def data_dir() -> Path:
    """The folder named by ``STRAGAN_DATA_DIR``, else ``./data``; made when missing."""
    path = Path(os.environ.get("STRAGAN_DATA_DIR", "data")).resolve()
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path


def is_demo_folder(path: Path) -> bool:
    """Whether *path* belongs to the demo."""
    return (path / _DEMO_MARK).exists()


def claim_for_demo(path: Path) -> None:
    """Mark a new folder as the demo's.

    :raises FolderUnusable: the folder holds a real installation.
    """
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    if is_demo_folder(path):
        return
    if any(path.iterdir()):
        raise FolderUnusable(
            f"{path} holds something that is not a demo; the demo wants a folder of its own. "
            "Set STRAGAN_DATA_DIR to another place."
        )
    (path / _DEMO_MARK).write_text("made by `stragan demo`; safe to delete as a whole\n")


def refuse_demo_folder(path: Path) -> None:
    """Keep real work out of the demo's folder.

    :raises FolderUnusable: the folder is the demo's.
    """
    if is_demo_folder(path):
        raise FolderUnusable(
            f"{path} belongs to the demo. Set STRAGAN_DATA_DIR to a folder of your own, "
            "or run `stragan demo`."
        )


def refuse_network_file_system(path: Path, *, mounts: Path = Path("/proc/self/mountinfo")) -> None:
    """Keep SQLite off file systems on which it loses data.

    :raises FolderUnusable: the folder lies on a network file system.
    """
    kind = _file_system(path.resolve(), mounts)
    if kind in NETWORK_FILE_SYSTEMS:
        raise FolderUnusable(
            f"{path} lies on a network file system ({kind}), where SQLite loses data. "
            "Use a local disk, or PostgreSQL by STRAGAN_DATABASE_URL."
        )


@contextmanager
def held_by_serve(path: Path) -> Iterator[bool]:
    """Hold the folder for one ``serve``; gives whether its predecessor ended without letting go.

    The lock is the kernel's, so it ends with the process however that ends.

    :raises FolderInUse: another ``serve`` holds the folder.
    """
    with (path / _SERVE_LOCK).open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            raise FolderInUse(
                f"Stragan is running in {path} already (process {file.read().strip()})."
            ) from None
        file.seek(0)
        was_killed = bool(file.read().strip())
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        try:
            yield was_killed
        finally:
            file.truncate(0)


def _file_system(path: Path, mounts: Path) -> str:
    best, kind = -1, ""
    try:
        lines = mounts.read_text().splitlines()
    except OSError:
        return kind  # not Linux: nothing is known, so nothing is refused
    for line in lines:
        left, _, right = line.partition(" - ")
        point = Path(left.split(" ")[4].replace("\\040", " "))
        # Of mounts on one point the latest is seen, hence not "greater than".
        if path.is_relative_to(point) and len(point.parts) >= best:
            best, kind = len(point.parts), right.split(" ")[0]
    return kind
