"""Who lives in a folder: the processes of one `manage.py up`, whoever their parents are (Linux, from /proc)."""

import os
from pathlib import Path

MARKS = {
    "web": "module gunicorn",
    "worker": "auditserver worker",
    "beat": "auditserver beat",
    "broker": "auditserver-broker",
}


def processes_in(folder: Path) -> dict[int, str]:
    """Process id → command line of everything that runs with this VAR_DIR."""
    mark = f"VAR_DIR={folder}\0".encode()
    found = {}
    for place in Path("/proc").glob("[0-9]*"):
        try:
            # The broker writes its title over its environment, and works in a folder of ours.
            below = (place / "cwd").readlink().is_relative_to(folder)
            if below or mark in (place / "environ").read_bytes():
                found[int(place.name)] = (place / "cmdline").read_text().replace("\0", " ")
        except (FileNotFoundError, ProcessLookupError, PermissionError):
            continue
    # A dead process that nobody waited for yet has no command line.
    return {pid: line for pid, line in found.items() if line}


def members(folder: Path, name: str) -> list[int]:
    """The processes of one member of the household, its master first."""
    pids = [pid for pid, line in processes_in(folder).items() if MARKS[name] in line]
    return sorted(pids, key=lambda pid: (group_of(pid) != pid, pid))


def group_of(pid: int) -> int:
    """The process group; 0 for a process that is gone."""
    try:
        return os.getpgid(pid)
    except ProcessLookupError:
        return 0
