"""What the surroundings say: environment variables, the folder for embedded data, and the secrets kept in it."""

import os
import secrets
from pathlib import Path

import environ

ROOT = Path(__file__).resolve().parent.parent
env = environ.Env()


def var_dir() -> Path:
    """The folder of the embedded database, broker, files and secrets (`VAR_DIR`, default `var/`), made on first use."""
    folder = Path(env.str("VAR_DIR", default=str(ROOT / "var"))).resolve()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def text_or_file(name: str) -> str:
    """`NAME`, or the content of the file that `NAME_FILE` points to (container secrets); empty where neither is set."""
    if value := env.str(name, default=""):
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
