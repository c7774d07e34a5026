"""Tests reach this machine and the services they were given, nothing else."""

import ipaddress
import socket
import sys
from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit


class NetworkRefused(RuntimeError):
    """A test wanted to leave this machine."""


def stay_on_this_machine(*, besides: Iterable[str]) -> None:
    """From now on this process connects to loopback, unix sockets and the hosts of the URLs in `besides` only."""
    hosts = {host for host in (urlsplit(url).hostname for url in besides if url) if host} | {"localhost"}
    addresses = {str(found[4][0]) for host in hosts for found in socket.getaddrinfo(host, None)}

    def refuse(host: Any) -> None:
        if isinstance(host, bytes):
            host = host.decode()
        if not host or host in hosts or host in addresses or is_loopback(host):
            return
        raise NetworkRefused(f"A test may not reach {host!r}.")

    def listen(event: str, arguments: tuple[Any, ...]) -> None:
        if event == "socket.getaddrinfo":
            refuse(arguments[0])
        elif event in ("socket.connect", "socket.sendto") and isinstance(arguments[1], tuple):
            refuse(arguments[1][0])

    sys.addaudithook(listen)


def is_loopback(host: str) -> bool:
    """Whether the text is an address of this machine."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
