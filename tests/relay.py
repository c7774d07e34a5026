"""A broker before the broker: tests cannot stop a Redis that was given to them, but they can stop the way to it."""

import contextlib
import selectors
import socket
import threading


class Relay:
    """Passes bytes between a loopback port of its own and a service, until it is told to stop or to hang."""

    def __init__(self, host: str, port: int) -> None:
        self.service = (host, port)
        self.port = 0
        self.disturbed = False
        self._passing = threading.Event()
        self._thread: threading.Thread | None = None

    @property
    def alive(self) -> bool:
        """Whether the port is open."""
        return self._thread is not None

    def start(self) -> None:
        """Open the port (the same one at every start); does nothing where it is open."""
        if self.alive:
            return
        door = socket.create_server(("127.0.0.1", self.port))
        self.port = door.getsockname()[1]
        self._passing.set()
        selector = selectors.DefaultSelector()
        self._wake, ear = socket.socketpair()
        selector.register(ear, selectors.EVENT_READ, "stop")
        selector.register(door, selectors.EVENT_READ, "door")
        self._thread = threading.Thread(target=self._pass_on, args=(selector,), daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Close the port and every connection through it."""
        self.disturbed = True
        if self._thread is None:
            return
        self._wake.close()
        self._passing.set()
        self._thread.join()
        self._thread = None

    kill = stop

    def hang(self) -> None:
        """Accept (the kernel does) and never answer."""
        self.disturbed = True
        self._passing.clear()

    def resume(self) -> None:
        """Answer again, also what came meanwhile."""
        self._passing.set()

    def _pass_on(self, selector: selectors.DefaultSelector) -> None:
        while True:
            events = selector.select()
            self._passing.wait()
            for key, _ in events:
                if key.data == "stop":
                    for open_one in list(selector.get_map().values()):
                        open_one.fileobj.close()  # type: ignore[union-attr]
                    selector.close()
                    return
                if key.data == "door":
                    self._accept(selector, key.fileobj)  # type: ignore[arg-type]
                else:
                    self._copy(selector, key.fileobj, key.data)  # type: ignore[arg-type]

    def _accept(self, selector: selectors.DefaultSelector, door: socket.socket) -> None:
        caller, _ = door.accept()
        try:
            service = socket.create_connection(self.service)
        except OSError:
            caller.close()
            return
        selector.register(caller, selectors.EVENT_READ, service)
        selector.register(service, selectors.EVENT_READ, caller)

    @staticmethod
    def _copy(selector: selectors.DefaultSelector, source: socket.socket, target: socket.socket) -> None:
        if source.fileno() == -1:
            return
        with contextlib.suppress(OSError):
            if chunk := source.recv(65536):
                target.sendall(chunk)
                return
        for end in (source, target):
            with contextlib.suppress(KeyError, ValueError):
                selector.unregister(end)
            end.close()
