"""Every setting of a service, read from the environment once, with loud errors: the only place that knows `CLEW_*`."""

import os
import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from clew.errors import InputError, Problem

MINUTE = 60
PLAIN_SMTP = 25


@dataclass(frozen=True, slots=True)
class Setting:
    """One environment variable: its `name`, the value `when_absent`, what it `means`, and how its text is read."""

    name: str
    when_absent: str
    means: str
    read: Callable[[str], Any]


def _flag(text: str) -> bool:
    if text.lower() in {"1", "yes", "true", "on"}:
        return True
    if text.lower() in {"0", "no", "false", "off", ""}:
        return False
    raise ValueError("is neither yes nor no")


def _words(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())


def _whole(text: str) -> int:
    if not re.fullmatch(r"[0-9]{1,15}", text):
        raise ValueError("is no whole number")
    return int(text)


def _text(text: str) -> str:
    return text.strip()


SETTINGS = (
    Setting(
        "CLEW_WORKSPACE",
        "clew-workspace",
        "folder of the service: database (SQLite), uploads, secret key, built pages",
        Path,
    ),
    Setting(
        "CLEW_DATABASE_URL",
        "",
        "`postgresql://user:password@host:port/name` (`?host=/folder` for a socket); empty: SQLite in the workspace",
        _text,
    ),
    Setting("CLEW_SECRET_KEY", "", "signs sessions; empty: one is made and kept in the workspace (mode 0600)", _text),
    Setting("CLEW_HOSTS", "localhost,127.0.0.1,[::1]", "names under which the service may be asked for", _words),
    Setting("CLEW_BEHIND_TLS", "no", "yes: a proxy ends TLS and sets X-Forwarded-Proto; turns on HSTS", _flag),
    Setting(
        "CLEW_PROXIES",
        "0",
        "how many proxies in front append to X-Forwarded-For; 0: that header is not believed, and attempts at signing "
        "in are counted by the address that connects",
        _whole,
    ),
    Setting("CLEW_ORIGIN", "", "public name of the record; empty: the first host and `/record`", _text),
    Setting("CLEW_ORGANISATION", "", "the body that runs this service, named in the head of every page", _text),
    Setting("CLEW_SIGN_UP", "no", "yes: anybody may make an account; no: a steward invites", _flag),
    Setting(
        "CLEW_EMAIL_URL",
        "",
        "`smtp://user:password@host:port`, or `smtps://…` for TLS from the first byte; empty: mail goes to the console",
        _text,
    ),
    Setting("CLEW_EMAIL_FROM", "clew@localhost", "sender of the service's mail", _text),
    Setting("CLEW_OIDC_ISSUER", "", "address of an OpenID Connect provider; empty: local accounts alone", _text),
    Setting("CLEW_OIDC_CLIENT_ID", "", "this service's client id there", _text),
    Setting("CLEW_OIDC_SECRET", "", "this service's secret there", _text),
    Setting("CLEW_OIDC_NAME", "Single sign-on", "what the button says", _text),
    Setting("CLEW_UPLOAD_LIMIT_MB", "5000", "largest data file that may be uploaded, in megabytes", _whole),
    Setting("CLEW_SESSION_MINUTES", "480", "minutes without a request after which one must sign in again", _whole),
    Setting("CLEW_DEBUG", "no", "yes: show tracebacks; never on a machine that others reach", _flag),
)


def reference() -> str:
    """Return docs/reference/settings.md: every setting, its default and its meaning."""
    defaults = {one.name: f"`{one.when_absent}`" if one.when_absent else "empty" for one in SETTINGS}
    rows = "\n".join(f"| `{one.name}` | {defaults[one.name]} | {one.means} |" for one in SETTINGS)
    return REFERENCE.replace("ROWS", rows)


REFERENCE = """\
# Settings

A service is set up by environment variables alone. Each is read once, when it starts. One that cannot be used, or that
this version does not know, stops it with a message. This page is made from `SETTINGS` in `src/clew/web/environment.py`,
and a test holds it.

| variable | default | meaning |
|---|---|---|
ROWS

A yes is `yes`, `true`, `on` or `1`; a no is `no`, `false`, `off` or `0`.

## Behind a proxy

Set `CLEW_BEHIND_TLS=yes` where a proxy ends TLS. It must set `X-Forwarded-Proto` itself, whatever a client sent.
Cookies are then for TLS alone, plain requests are redirected, and browsers are told to come by TLS for a year.

`CLEW_PROXIES` says how many proxies append the address of who asked them to `X-Forwarded-For`. That many entries from
its end are believed and no others. Leave it at 0 while in doubt: then everybody behind the proxy shares one allowance
of attempts to sign in, which is a nuisance and no danger. A number that is too high lets a guesser write any address.
"""


@dataclass(frozen=True, slots=True)
class Environment:
    """The settings as read; ask by name: `environment["CLEW_HOSTS"]`."""

    values: Mapping[str, Any]  # Any: each setting reads its own type

    def __getitem__(self, name: str) -> Any:
        return self.values[name]

    @property
    def workspace(self) -> Path:
        """The folder of the service, absolute."""
        return Path(self.values["CLEW_WORKSPACE"]).absolute()

    @property
    def origin(self) -> str:
        """The record's public name."""
        return str(self["CLEW_ORIGIN"] or f"{self['CLEW_HOSTS'][0]}/record")


def read_environment(given: Mapping[str, str] | None = None) -> Environment:
    """Return every setting, from the process's environment or from `given`.

    Raises InputError with each variable that cannot be used.
    """
    source, values, wrong = os.environ if given is None else given, {}, []
    for setting in SETTINGS:
        text = source.get(setting.name, setting.when_absent)
        try:
            values[setting.name] = setting.read(text)
        except ValueError as error:
            wrong.append(Problem(f'"{text}" {error}.', setting.name, f"It is: {setting.means}."))
    known = {setting.name for setting in SETTINGS}
    wrong += [
        Problem("is no setting of this version.", name, "See docs/reference/settings.md.")
        for name in source
        if name.startswith("CLEW_") and name not in known and not name.startswith("CLEW_TEST_")
    ]
    if wrong:
        raise InputError(problems=tuple(wrong))
    return Environment(values)


def database(environment: Environment) -> dict[str, Any]:
    """Return Django's database setting. Raises InputError where the address is not one of PostgreSQL."""
    url = environment["CLEW_DATABASE_URL"]
    if not url:
        return _sqlite(environment.workspace / "clew.sqlite3")
    parts = urlsplit(url)
    if parts.scheme not in {"postgresql", "postgres"} or not parts.path.strip("/"):
        raise InputError(
            "this is no address of a PostgreSQL database.",
            where="CLEW_DATABASE_URL",
            do="Write postgresql://user:password@host:port/name, or leave it empty for SQLite.",
        )
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.strip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(parts.hostname or "") or dict(parse_qsl(parts.query)).get("host", ""),
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": 10 * MINUTE,
        "CONN_HEALTH_CHECKS": True,
    }


def mail(environment: Environment) -> dict[str, Any]:
    """Return Django's settings of outgoing mail. Raises InputError where the address is not one of a mail server.

    `smtp` begins in the clear and turns to TLS, save at port 25 without a user; `smtps` is TLS throughout.
    """
    url = environment["CLEW_EMAIL_URL"]
    if not url:
        return {"EMAIL_BACKEND": "django.core.mail.backends.console.EmailBackend"}
    parts = urlsplit(url)
    if parts.scheme not in {"smtp", "smtps"} or not parts.hostname:
        raise InputError(
            "this is no address of a mail server.",
            where="CLEW_EMAIL_URL",
            do="Write smtp://user:password@host:port or smtps://…, or leave it empty for the console.",
        )
    port, throughout = _port(parts), parts.scheme == "smtps"
    return {
        "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "EMAIL_HOST": parts.hostname,
        "EMAIL_PORT": port or (465 if throughout else 587),
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_SSL": throughout,
        "EMAIL_USE_TLS": not throughout and (port != PLAIN_SMTP or bool(parts.username)),
        "EMAIL_TIMEOUT": 20,
    }


def origin_of(address: str) -> tuple[str, ...]:
    """Return the origin of a web address, as a content security policy names it; nothing for an empty one."""
    parts = urlsplit(address)
    return (f"{parts.scheme}://{parts.netloc}",) if parts.netloc else ()


def _port(parts: SplitResult) -> int | None:
    try:
        return parts.port
    except ValueError as error:
        raise InputError("the port is no number.", where="CLEW_EMAIL_URL", do="Write host:587, say.") from error


def _sqlite(path: Path) -> dict[str, Any]:
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": path,
        "CONN_MAX_AGE": None,  # one connection a thread: opening one costs more than most pages
        "OPTIONS": {
            "timeout": 30,
            "transaction_mode": "IMMEDIATE",  # a transaction that will write says so at once: no lock is upgraded
            "init_command": (
                "PRAGMA journal_mode=WAL;"  # readers never wait for the one writer
                "PRAGMA synchronous=FULL;"  # what was acknowledged survives a power cut
                "PRAGMA secure_delete=ON;"  # an erased personal value leaves no bytes behind
                "PRAGMA foreign_keys=ON;"
            ),
        },
    }


def secret_key(environment: Environment) -> str:
    """Return the key that signs sessions: the one given, else the workspace's own, made at first use."""
    if environment["CLEW_SECRET_KEY"]:
        return str(environment["CLEW_SECRET_KEY"])
    path = environment.workspace / "secret-key"
    if not path.is_file():
        path.parent.mkdir(parents=True, exist_ok=True)
        made = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(made, "w") as file:
            file.write(secrets.token_urlsafe(50))
    return path.read_text(encoding="utf-8").strip()
