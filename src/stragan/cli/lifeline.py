"""Ends a child process when its parent is gone, however the parent ended."""

import ctypes
import os
import signal
import sys
from typing import Final

PARENT_VARIABLE: Final = "STRAGAN_PARENT"
_PR_SET_PDEATHSIG: Final = 1


def end_with_parent(parent: int | None = None) -> None:
    """Ask the kernel for SIGTERM when the parent dies; leave at once when it is dead already.

    *parent* is the process id the parent had when it started us, by default the one it put in the
    environment; without either this does nothing, as for a process that a person started. Linux
    only: elsewhere a supervisor has to see to it.
    """
    expected = parent if parent is not None else int(os.environ.get(PARENT_VARIABLE, "0"))
    if not expected or not sys.platform.startswith("linux"):
        return
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != expected:  # it died before we asked
        raise SystemExit(1)


def is_parent_gone() -> bool:
    """Whether the process that started us as its child is dead."""
    expected = int(os.environ.get(PARENT_VARIABLE, "0"))
    return bool(expected) and os.getppid() != expected
