"""People at a running service, over HTTP and nothing else: they sign in, and send forms as a browser does."""

import html
import http.client
import re
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode

from services import Service, email_of

HIDDEN = re.compile(r'<input type="hidden" name="([\w.-]+)" value="([^"]*)"')


@dataclass(frozen=True)
class Answer:
    """What came back: the status, where it leads, the page and its tag."""

    status: int
    location: str
    text: str
    tag: str = ""

    @property
    def hidden(self) -> dict[str, str]:
        """What a form on this page sends unseen."""
        return {name: html.unescape(value) for name, value in HIDDEN.findall(self.text)}


@dataclass
class Visitor:
    """Somebody at a service, on one line that is kept open, with the cookies that they were given."""

    service: Service
    cookies: dict[str, str] = field(default_factory=dict)
    line: http.client.HTTPConnection | None = None

    def connect(self) -> None:
        """Open a line anew: another process may be the one that answers it."""
        self.hang_up()
        self.line = http.client.HTTPConnection("127.0.0.1", self.service.port, timeout=60)
        self.line.connect()

    def hang_up(self) -> None:
        """End the line, if one is open."""
        if self.line is not None:
            self.line.close()
        self.line = None

    def get(self, path: str, **headers: str) -> Answer:
        """Ask for a page."""
        return self._ask("GET", path, None, headers)

    def post(self, path: str, said: dict[str, str]) -> Answer:
        """Send a form."""
        return self._ask("POST", path, urlencode(said), {"Content-Type": "application/x-www-form-urlencoded"})

    def signed_in(self, office: str) -> "Visitor":
        """Sign in by password, as the account of this office."""
        page = self.get("/accounts/login/")
        said = {"login": email_of(office), "password": self.service.password}
        answer = self.post("/accounts/login/", {**page.hidden, **said})
        assert answer.status == 302, answer
        return self

    def checked(self, path: str, said: dict[str, str]) -> dict[str, str]:
        """Type an answer into a form, and return what the page to check it on would put on the record."""
        form = self.get(path)
        assert form.status == 200, form
        page = self.post(path, {**form.hidden, **said})
        assert page.status == 200, page
        return {**said, **page.hidden, "confirmed": "yes"}

    def process(self) -> int:
        """Return the id of the service's process at the other end of the line."""
        held = f"socket:[{_inode(self.service.port, self.line.sock.getsockname()[1])}]"
        for pid in processes_of(self.service):
            if held in [str(one.readlink()) for one in Path(f"/proc/{pid}/fd").iterdir() if one.is_symlink()]:
                return pid
        raise LookupError(held)

    def _ask(self, method: str, path: str, body: str | None, headers: dict[str, str]) -> Answer:
        if self.line is None:
            self.connect()
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        self.line.request(method, path, body, {**headers, **({"Cookie": cookies} if cookies else {})})
        answer = self.line.getresponse()
        text = answer.read().decode()
        for given in answer.headers.get_all("Set-Cookie") or ():
            name, _, value = given.partition(";")[0].partition("=")
            self.cookies[name] = value
            if "Max-Age=0" in given:
                del self.cookies[name]
        return Answer(answer.status, answer.headers.get("Location", ""), text, answer.headers.get("ETag", ""))


def processes_of(service: Service) -> list[int]:
    """Return the ids of all processes that a running service is: the first one, those of the web, the worker."""
    command = ["ps", "-o", "pid=", "-s", str(service._process.pid)]
    return [int(pid) for pid in subprocess.run(command, capture_output=True, text=True, check=False).stdout.split()]


def _inode(here: int, there: int) -> str:
    """Return the number of this machine's socket between two of its ports."""
    for row in Path("/proc/net/tcp").read_text().splitlines()[1:]:
        words = row.split()
        if (words[1][-4:], words[2][-4:]) == (f"{here:04X}", f"{there:04X}"):
            return words[9]
    raise LookupError((here, there))
