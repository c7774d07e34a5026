"""What the surroundings say: environment variables, the folder for embedded data, and the secrets kept in it."""

import hashlib
import os
import secrets
import stat
from pathlib import Path
from urllib.parse import quote

import environ

ROOT = Path(__file__).resolve().parent.parent
env = environ.Env()

# The kernel takes 107 bytes; some are left for the names of other systems.
LONGEST_SOCKET_PATH = 100


class UnsafeFolder(RuntimeError):
    """A folder that must be ours alone belongs to somebody else."""


def var_dir() -> Path:
    """The folder of the embedded database, broker, files and secrets (`VAR_DIR`, default `var/`), made on first use."""
    folder = Path(env.str("VAR_DIR", default=str(ROOT / "var"))).resolve()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def text_or_file(name: str) -> str:
    """`NAME`, or the content of the file that `NAME_FILE` points to (container secrets); empty where neither is set."""
    if value := str(env.str(name, default="")):
        return value
    path = env.str(f"{name}_FILE", default="")
    return Path(path).read_text(encoding="utf-8").strip() if path else ""


def kept_secret(name: str, *, length: int = 50) -> str:
    """A random secret kept in the var folder with mode 0600: made once, the same for every process."""
    path = var_dir() / name
    if not path.exists():
        draft = path.with_name(f".{name}.{os.getpid()}.{secrets.token_hex(4)}")
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(length))
            file.flush()
            os.fsync(file.fileno())
        # A hard link fails where another process was first, so that every process reads one and the same secret.
        try:
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return path.read_text(encoding="utf-8")


def private_folder(path: Path) -> Path:
    """The folder, made if absent, closed to everybody else. Raises UnsafeFolder where another user made it."""
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    found = path.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid():
        raise UnsafeFolder(f"{path} is not a folder of this user; remove it, or choose another VAR_DIR.")
    if stat.S_IMODE(found.st_mode) != 0o700:
        path.chmod(0o700)
    return path


def broker_socket(folder: Path) -> Path:
    """Where the embedded broker of this var folder listens: in it, or in a short private folder where the path is long.

    Every process must find the same place, whatever its TMPDIR: the short one is therefore always under /tmp.
    """
    near = folder / "broker" / "valkey.sock"
    if len(os.fsencode(near)) <= LONGEST_SOCKET_PATH:
        return near
    mark = hashlib.sha256(os.fsencode(folder)).hexdigest()[:16]
    return Path(f"/tmp/auditserver-{os.geteuid()}-{mark}/valkey.sock")  # noqa: S108 - private_folder checks whose it is


def socket_url(socket: Path) -> str:
    """The broker address of a unix socket, whatever characters its path has."""
    return f"redis+socket://{quote(str(socket))}?virtual_host=0"
