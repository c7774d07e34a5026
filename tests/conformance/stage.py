"""What happens around a phone while a scenario runs: visits planned, versions closed, reports returned. Over HTTP."""

import http.cookiejar
import json
import urllib.error
import urllib.parse
import urllib.request
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

# Which logins stand for whom, in the words of the demo and of anybody's own file.
ROLES = {
    "auditor": ("auditor",),
    "planner": ("planner",),
    "reviewer": ("reviewer",),
    "publisher": ("publisher", "editor"),
}


class NotStaged(Exception):
    """The office's side of a scenario could not be set up: the scenario says nothing about the phone."""


@dataclass(frozen=True)
class Login:
    """Name and password of one person."""

    username: str
    password: str


def read_logins(path: Path) -> dict[str, Login]:
    """Who plays which part: `{"auditor": {"username": …, "password": …}, …}`, or the list that a demo server leaves."""
    content = json.loads(path.read_text(encoding="utf-8"))
    if isinstance(content, dict):
        return {role: Login(one["username"], one["password"]) for role, one in content.items()}
    known = {one["username"]: Login(one["username"], one["password"]) for one in content}
    return {role: known[name] for role, names in ROLES.items() for name in names if name in known}


class Session:
    """A person at the server's pages: a cookie jar, and JSON below /api/v1/."""

    def __init__(self, server: str, login: Login) -> None:
        self.server = server
        self._jar = http.cookiejar.CookieJar()
        self._opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self._jar))
        self._open("/login")
        form = {"username": login.username, "password": login.password, "csrfmiddlewaretoken": self._token()}
        self._open("/login", urllib.parse.urlencode(form).encode(), "application/x-www-form-urlencoded")
        if not any(cookie.name == "sessionid" for cookie in self._jar):
            raise NotStaged(f"{login.username} could not sign in")

    def ask(self, method: str, path: str, content: Any = None) -> Any:
        """The answer's JSON. Raises NotStaged for whatever is not a success."""
        body = None if content is None else json.dumps(content).encode()
        said = self._open(f"/api/v1/{path}", body, "application/json", method)
        return json.loads(said) if said else None

    def _token(self) -> str:
        return next((cookie.value or "" for cookie in self._jar if cookie.name == "csrftoken"), "")

    def _open(self, path: str, body: bytes | None = None, media: str = "", method: str = "") -> bytes:
        headers = {"Referer": f"{self.server}/", "X-CSRFToken": self._token()}
        headers |= {"Content-Type": media} if media else {}
        wanted = method or ("GET" if body is None else "POST")
        request = urllib.request.Request(self.server + path, body, headers, method=wanted)  # noqa: S310
        try:
            with self._opener.open(request, timeout=30) as answer:
                said: bytes = answer.read()
                return said
        except urllib.error.HTTPError as error:
            raise NotStaged(f"{wanted} {path}: {error.code} {error.read()[:300]!r}") from None


class Stage:
    """The office of a server under test. `component` names the one visits are planned of; the first one otherwise."""

    def __init__(self, server: str, logins: dict[str, Login], component: str = "") -> None:
        self.server, self.logins, self._component = server, logins, component
        self._places: list[dict[str, Any]] = []

    def can(self, role: str) -> bool:
        """Whether somebody was named for a part."""
        return role in self.logins

    @cached_property
    def planner(self) -> Session:
        """Who plans visits."""
        return self._session("planner")

    @cached_property
    def reviewer(self) -> Session:
        """Who judges reports and clears the quarantine."""
        return self._session("reviewer")

    @cached_property
    def publisher(self) -> Session:
        """Who publishes and closes versions of the checklist."""
        return self._session("publisher")

    @cached_property
    def auditor(self) -> Session:
        """The auditor at the pages, not the phone."""
        return self._session("auditor")

    def plan_visit(self) -> tuple[str, str]:
        """Plan a visit for the auditor within the next days; return the ids of audit and assignment."""
        component = self._component_row()
        place = self._next_place(component)
        today = datetime.now(UTC).date()
        window = {"first": str(today - timedelta(days=2)), "last": str(today + timedelta(days=5))}
        wish = {"component": component["id"], "location": place["id"], "window": window}
        audit: str = self.planner.ask("POST", "office/audits", wish)["id"]
        people = self.planner.ask("GET", "office/auditors?page_size=200")["results"]
        auditor = next(one["id"] for one in people if one["username"] == self.logins["auditor"].username)
        given = self.planner.ask("POST", f"office/audits/{audit}/assign", {"auditor": auditor})
        return audit, given["id"]

    def cancel_visit(self, audit: str) -> None:
        """Call a visit off."""
        self.planner.ask("POST", f"office/audits/{audit}/cancel", {"reason": "conformance kit"})

    def close_version(self, sha256: str) -> None:
        """Close the published version of this sha256: no new visits, late phones accepted."""
        for checklist in self.publisher.ask("GET", "checklists?page_size=200")["results"]:
            for version in self.publisher.ask("GET", f"checklists/{checklist['id']}/versions?page_size=200")["results"]:
                if version.get("sha256") == sha256:
                    self.publisher.ask("POST", f"checklist-versions/{version['id']}/close", {})
                    return
        raise NotStaged(f"no version {sha256} is to be seen")

    def return_report(self, submission: str, key: str) -> None:
        """Send a report back with one question."""
        query = {"queries": [{"answer_key": key, "text": "Are you sure?"}]}
        self.reviewer.ask("POST", f"office/submissions/{submission}/return", query)

    def quarantined(self, submission: str) -> list[str]:
        """The problems of the copies that wait in quarantine under an id."""
        rows = self.reviewer.ask("GET", "office/quarantine?page_size=200")["results"]
        return [row["problem"] for row in rows if row["submission"] == submission]

    def _session(self, role: str) -> Session:
        if role not in self.logins:
            raise NotStaged(f"nobody was named who is a {role}")
        return Session(self.server, self.logins[role])

    def _component_row(self) -> dict[str, Any]:
        rows = self.planner.ask("GET", "office/components?page_size=200")["results"]
        fitting = [row for row in rows if not self._component or row["code"] == self._component]
        if not fitting:
            raise NotStaged(f"there is no component {self._component or 'at all'}")
        return dict(fitting[0])

    def _next_place(self, component: dict[str, Any]) -> dict[str, Any]:
        """The branches in turn, those of the component's chain: others are refused when planning."""
        if not self._places:
            programme = self.planner.ask("GET", f"office/programmes/{component['programme']['id']}")
            known = self.planner.ask("GET", "locations?page_size=200")["results"]
            self._places = [place for place in known if place["chain"]["id"] == programme["chain"]["id"]]
        self._places.append(self._places.pop(0))
        return self._places[-1]


def today() -> date:
    """The day a visit of the scenarios is made."""
    return datetime.now(UTC).date()
