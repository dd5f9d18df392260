"""Settings: read from the environment once, loud when wrong, secure unless somebody says otherwise."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from clew.errors import InputError
from clew.web.environment import SETTINGS, database, mail, origin_of, read_environment, reference, secret_key

PAGE = Path(__file__).resolve().parents[2] / "docs" / "reference" / "settings.md"


def test_the_reference_page_is_what_the_code_says():
    assert PAGE.read_text(encoding="utf-8") == reference()
    for one in SETTINGS:
        assert f"| `{one.name}` |" in PAGE.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("CLEW_BEHIND_TLS", "maybe"),
        ("CLEW_PROXIES", "-1"),
        ("CLEW_SESSION_MINUTES", "an hour"),
        ("CLEW_UPLOAD_LIMIT_MB", "1e3"),
        ("CLEW_SINGUP", "yes"),
    ],
)
def test_a_mistake_in_the_environment_is_named(name, text):
    with pytest.raises(InputError) as raised:
        read_environment({name: text})
    assert name in str(raised.value)


def test_every_mistake_is_named_at_once():
    with pytest.raises(InputError) as raised:
        read_environment({"CLEW_PROXIES": "x", "CLEW_DEBUG": "perhaps", "CLEW_NOTHING": "1"})
    assert len(raised.value.problems) == 3


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("smtp://ada:p%40ss@mail.example", ("mail.example", 587, "ada", "p@ss", False, True)),
        ("smtps://ada:secret@mail.example", ("mail.example", 465, "ada", "secret", True, False)),
        ("smtp://localhost:25", ("localhost", 25, "", "", False, False)),
        ("smtp://ada:secret@localhost:25", ("localhost", 25, "ada", "secret", False, True)),
        ("smtp://mail.example:2525", ("mail.example", 2525, "", "", False, True)),
    ],
)
def test_the_address_of_a_mail_server_is_read(url, expected):
    said = mail(read_environment({"CLEW_EMAIL_URL": url}))
    names = ("HOST", "PORT", "HOST_USER", "HOST_PASSWORD", "USE_SSL", "USE_TLS")
    assert tuple(said[f"EMAIL_{name}"] for name in names) == expected
    assert said["EMAIL_BACKEND"].endswith("smtp.EmailBackend")


@pytest.mark.parametrize("url", ["http://mail.example", "mail.example:25", "smtp://", "smtp://mail.example:port"])
def test_what_is_no_mail_server_is_refused(url):
    with pytest.raises(InputError, match="CLEW_EMAIL_URL"):
        mail(read_environment({"CLEW_EMAIL_URL": url}))


def test_without_a_mail_server_letters_go_to_the_console():
    assert mail(read_environment({}))["EMAIL_BACKEND"].endswith("console.EmailBackend")


def test_a_password_in_an_address_is_unquoted_and_a_wrong_scheme_refused():
    said = database(read_environment({"CLEW_DATABASE_URL": "postgresql://u:p%2Fw@db:5433/clew"}))
    assert (said["USER"], said["PASSWORD"], said["HOST"], said["PORT"], said["NAME"]) == (
        "u",
        "p/w",
        "db",
        "5433",
        "clew",
    )
    with pytest.raises(InputError, match="CLEW_DATABASE_URL"):
        database(read_environment({"CLEW_DATABASE_URL": "mysql://u@db/clew"}))


def test_an_origin_is_scheme_and_host_alone():
    assert origin_of("https://id.example:8443/realms/a?b=c") == ("https://id.example:8443",)
    assert origin_of("") == ()


def test_the_secret_key_is_made_once_for_the_owner_of_the_workspace_alone(tmp_path):
    environment = read_environment({"CLEW_WORKSPACE": str(tmp_path)})
    first = secret_key(environment)
    assert secret_key(environment) == first
    assert len(first) >= 50
    assert (tmp_path / "secret-key").stat().st_mode & 0o777 == 0o600


def settings_of(tmp_path: Path, **more: str) -> dict[str, object]:
    """Django's settings and what `check --deploy` says of them, in a process of their own."""
    (tmp_path / "static").mkdir(exist_ok=True)
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("CLEW_", "DJANGO_", "COV_"))}
    given = {**clean, "CLEW_WORKSPACE": str(tmp_path), "DJANGO_SETTINGS_MODULE": "clew.web.settings", **more}
    code = (
        "import django, json; django.setup()\n"
        "from django.conf import settings\n"
        "from django.core import checks\n"
        "found = checks.run_checks(include_deployment_checks=True)\n"
        "said = [f'{one.id} {one.msg}' for one in found if not one.is_silenced()]\n"
        "names = [name for name in dir(settings) if name.isupper()]\n"
        "print(json.dumps({'checks': said, **{name: getattr(settings, name) for name in names}}, default=str))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], env=given, capture_output=True, text=True, check=True)
    return json.loads(done.stdout.splitlines()[-1])


def test_behind_tls_django_finds_nothing_to_warn_of(tmp_path):
    said = settings_of(tmp_path, CLEW_BEHIND_TLS="yes", CLEW_HOSTS="pilots.example")
    assert said["checks"] == []
    for name in ("SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE", "SECURE_SSL_REDIRECT", "SESSION_COOKIE_HTTPONLY"):
        assert said[name] is True, name
    assert said["SECURE_HSTS_SECONDS"] == 365 * 24 * 3600
    assert said["DEBUG"] is False
    assert said["MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN"] is False


def test_without_tls_only_what_tls_would_bring_is_missing(tmp_path):
    said = settings_of(tmp_path)
    assert {line.split()[0] for line in said["checks"]} == {
        "security.W004",
        "security.W008",
        "security.W012",
        "security.W016",
    }
    assert said["SESSION_COOKIE_SAMESITE"] == said["CSRF_COOKIE_SAMESITE"] == "Lax"
    assert said["DEBUG"] is False


def test_no_provider_is_known_unless_one_is_configured(tmp_path):
    assert settings_of(tmp_path)["SOCIALACCOUNT_PROVIDERS"] == {}
    said = settings_of(tmp_path, CLEW_OIDC_ISSUER="https://id.example/realm", CLEW_OIDC_CLIENT_ID="clew")
    provider = said["SOCIALACCOUNT_PROVIDERS"]["openid_connect"]
    assert provider["OAUTH_PKCE_ENABLED"] is True
    assert provider["APPS"][0]["settings"]["server_url"] == "https://id.example/realm"
    assert said["CONTENT_SECURITY_POLICY"]["DIRECTIVES"]["form-action"] == ["'self'", "https://id.example"]
