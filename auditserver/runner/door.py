"""The listening socket: opened before anything else, held as long as the runner lives."""

import errno
import ipaddress
import socket


class DoorTaken(RuntimeError):
    """The port cannot be had. The text says what to do, for people."""


def open_door(host: str, port: int) -> socket.socket:
    """A socket listening on host and port (0: any free one). Raises DoorTaken.

    The web server inherits it, so that a restarting web server lets callers wait instead of turning them away.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=512)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            advice = f"Another program uses it. Choose another port: PORT={port + 1}."
        elif error.errno == errno.EACCES:
            advice = "Ports below 1024 belong to the system. Choose another: PORT=8000."
        else:
            advice = f"{error.strerror}."
        raise DoorTaken(f"Port {port} of {host} cannot be opened. {advice}") from error


def stays_at_home(host: str) -> bool:
    """Whether only this machine can call at this host."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def address_of(door: socket.socket) -> str:
    """The address for a browser on this machine."""
    host, port = door.getsockname()[:2]
    if host in ("0.0.0.0", "::"):  # noqa: S104 - compared, not bound
        host = "127.0.0.1"
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
