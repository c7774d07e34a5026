"""Runs a program so that it, and every process it forks, dies when its parent dies, even by `kill -9`.

    python leash.py PARENT_PID exec PROGRAM ARGUMENT...     becomes the program (the broker)
    python leash.py PARENT_PID module MODULE ARGUMENT...    runs a Python module as `python -m` does (gunicorn, celery)

Linux tells a process of its parent's death only if the process asked (PR_SET_PDEATHSIG), and forgets the wish at every
fork. So the module form renews it after each fork: gunicorn's workers and Celery's pool follow their masters. Standard
library only and run as a file: it must start in milliseconds. Elsewhere than on Linux it only runs the program.
"""

import ctypes
import os
import runpy
import signal
import sys
import threading

PR_SET_PDEATHSIG = 1
PR_SET_CHILD_SUBREAPER = 36


def _process_control(option: int, argument: int) -> None:
    if sys.platform != "linux":
        return
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(option, argument, 0, 0, 0) != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))


def die_with(parent: int, *, by: int = signal.SIGKILL) -> None:
    """Ask the kernel for signal `by` when the parent dies; ends this process at once if it is dead already.

    `parent` is the process id that the caller knows as its parent: were it read here, a parent that died a moment ago
    would go unnoticed.
    """
    _process_control(PR_SET_PDEATHSIG, by)
    if os.getppid() != parent:
        os._exit(os.EX_OK)


def adopt_orphans() -> None:
    """Become the parent of grandchildren whose own parent dies, so that they can be waited for."""
    _process_control(PR_SET_CHILD_SUBREAPER, 1)


def leash_forks() -> None:
    """Every process forked from the main thread from now on dies with this one.

    The kernel watches the forking thread, not the process: a fork from a passing thread is left alone.
    """
    forking = {"main": False, "pid": os.getpid()}

    def remember() -> None:
        forking.update(main=threading.current_thread() is threading.main_thread(), pid=os.getpid())

    def follow() -> None:
        if forking["main"]:
            die_with(forking["pid"])

    os.register_at_fork(before=remember, after_in_child=follow)


def main(arguments: list[str]) -> None:
    """Read the command line above and never come back."""
    parent, form, program, *rest = arguments
    die_with(int(parent))
    if form == "exec":
        os.execv(program, [program, *rest])  # noqa: S606 - the runner's own command line, no shell
    leash_forks()
    # As `python -m` does: the folder we run in comes first, not the one this file lies in.
    sys.path[0] = os.getcwd()  # noqa: PTH109 - pathlib costs as much as the rest of this file
    sys.argv[1:] = rest
    runpy.run_module(program, run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main(sys.argv[1:])
