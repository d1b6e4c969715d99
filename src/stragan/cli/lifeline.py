"""Ends a child process when its parent is gone, however the parent ended."""

import ctypes
import os
import signal
import sys
from typing import Final

PARENT_VARIABLE: Final = "STRAGAN_PARENT"
_PR_SET_PDEATHSIG: Final = 1
_LIBC: Final = ctypes.CDLL(None) if sys.platform.startswith("linux") else None


def end_with_parent(parent: int) -> None:
    """Ask the kernel for SIGTERM when the parent dies; leave at once when it is dead already.

    *parent* is the process id the parent had when it started us. To be called in the child, before
    or after ``exec``. Linux only: elsewhere a supervisor has to see to it.
    """
    if _LIBC is None:
        return
    _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != parent:  # it died before we asked
        os._exit(1)


def is_parent_gone() -> bool:
    """Whether the process that started us as its child is dead."""
    expected = int(os.environ.get(PARENT_VARIABLE, "0"))
    return bool(expected) and os.getppid() != expected
