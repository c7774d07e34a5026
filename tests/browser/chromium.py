"""A headless Chromium of this machine, and everything in it that went wrong while a test walked through its pages.

Rows are made before and looked at after `chromium()`: inside it the thread belongs to Playwright, and Django's ORM
refuses to be asked from there.
"""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import ConsoleMessage, Page, Response, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome")
# A test machine may be root's and in a container; the browser must not call its maker either.
ARGUMENTS = [
    "--no-sandbox",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
PATIENCE_MS = 20_000


@dataclass
class Visit:
    """A window, what it complained of, and where its pictures go (nowhere but in `make screenshots`)."""

    page: Page
    address: str
    pictures: Path | None = None
    complaints: list[str] = field(default_factory=list)

    def picture(self, name: str) -> None:
        """Keep how the page looks now, where pictures are wanted."""
        if self.pictures is not None:
            self.page.screenshot(path=self.pictures / f"{name}.png")

    def open(self, path: str) -> None:
        """Go to a path of the server."""
        self.page.goto(self.address + path)

    def listen(self) -> None:
        """Write down errors of scripts, whatever the console warns of (the content security policy among it), answers
        that are no success, and requests to anybody else."""
        self.page.on("pageerror", lambda error: self.complaints.append(f"script: {error}"))
        self.page.on("console", self._console)
        self.page.on("response", self._response)
        self.page.on(
            "request", lambda one: one.url.startswith((self.address, "data:")) or self.complaints.append(one.url)
        )

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.complaints.append(f"console of {self.page.url}: {message.text}")

    def _response(self, response: Response) -> None:
        if response.status >= 400:
            self.complaints.append(f"{response.status} {response.url}")


def chromium_of_this_machine() -> str:
    """The path of a Chromium. Fails where tests must all run (CI), and leaves the test out elsewhere."""
    for name in NAMES:
        if path := shutil.which(name):
            return path
    missing = "No Chromium is installed (Debian: apt-get install chromium)."
    if os.environ.get("CI"):
        pytest.fail(missing)
    pytest.skip(missing)


@contextmanager
def chromium(address: str, *, width: int = 1280, height: int = 900) -> Iterator[Visit]:
    """A fresh window on the server at `address`."""
    path = chromium_of_this_machine()
    pictures = os.environ.get("SCREENSHOTS")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        page = browser.new_page(viewport={"width": width, "height": height}, locale="en-GB")
        page.set_default_timeout(PATIENCE_MS)
        visit = Visit(page, address, Path(pictures) if pictures else None)
        visit.listen()
        yield visit
        browser.close()
