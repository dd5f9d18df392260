"""Data by token: what holds opens one pilot alone; what is broken, too large or cut short leaves nothing."""

import hashlib
import io
from datetime import timedelta
from pathlib import Path

import pytest
from django.test import Client

import pilots
from clew.web import clock
from clew.web.evaluate.models import Upload, UploadToken
from clew.web.evaluate.tokens import holder_of, make
from clew.web.govern.models import Account

BINARY = "application/octet-stream"


@pytest.fixture
def csv(tmp_path) -> bytes:
    return pilots.write_data(tmp_path / "brought.csv", pilots.TWELVE_MONTHS).read_bytes()


@pytest.fixture
def send(csv, token):
    def put(content: bytes = csv, *, key: str = token, pilot: str = "visits", name: str = "year.csv", method="put"):
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        return getattr(Client(), method)(
            f"/api/v1/pilots/{pilot}/data?name={name}",
            content,
            content_type="application/octet-stream",
            headers=headers,
        )

    return put


def files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file() and path.name != "lock"]


@pytest.mark.parametrize("method", ["put", "post"])
def test_a_program_brings_a_file(send, csv, settings, method):
    answer = send(method=method)
    sha256 = hashlib.sha256(csv).hexdigest()

    assert answer.status_code == 201
    assert answer.json() == {
        "pilot": "visits",
        "name": "year.csv",
        "sha256": sha256,
        "size_bytes": len(csv),
        "new": True,
    }
    assert [(path.name, path.read_bytes()) for path in files(settings.UPLOADS)] == [(f"{sha256}.csv", csv)]
    assert Upload.objects.get().account.office == "evaluation unit"


def test_the_same_file_again_is_kept_once(send):
    send()
    again = send(name="other.csv")
    assert (again.status_code, again.json()["new"], again.json()["name"]) == (200, False, "year.csv")
    assert Upload.objects.count() == 1


def test_only_a_token_that_holds_opens_it(send, token, a_pilot):
    for key in ("", "clew_wrong", token[:-1], "x" * 5000, "é"):
        answer = send(key=key)
        assert (answer.status_code, answer["WWW-Authenticate"]) == (401, 'Bearer realm="clew"')
    assert not Upload.objects.exists()


def test_a_token_opens_its_own_pilot_alone(send):
    answer = send(pilot="another")
    assert answer.status_code == 403
    assert "not for the pilot" in answer.json()["problems"][0]["what"]


def test_a_token_expires(send, token, monkeypatch):
    later = clock.now() + timedelta(days=31)
    assert holder_of(token) is not None
    monkeypatch.setattr(clock, "now", lambda: later)
    assert send().status_code == 401


def test_a_token_dies_with_its_account(send):
    Account.objects.update(is_active=False)
    assert send().status_code == 401


def test_a_token_of_somebody_who_is_not_the_evaluator_opens_nothing(send, account):
    key = make("visits", account("audit office"), "old", 30)
    assert send(key=key).status_code == 403


def test_what_is_kept_of_a_token_does_not_open_anything(send, token):
    kept = UploadToken.objects.get()
    assert token not in str(vars(kept))
    assert send(key=kept.sha256).status_code == 401


def test_what_is_no_data_is_refused_and_gone(send, settings):
    for content, said in ((b"PK\x03\x04rest", "Excel"), (b"a,b\n1,2\n", "column"), (b"\n", "empty")):
        answer = send(content)
        assert answer.status_code == 422
        assert said in str(answer.json()["problems"])
        assert str(settings.UPLOADS) not in answer.content.decode()
    assert files(settings.UPLOADS) == []
    assert not Upload.objects.exists()


def test_what_is_too_large_is_refused_before_it_is_read(send, csv, settings, monkeypatch):
    monkeypatch.setitem(settings.CLEW.values, "CLEW_UPLOAD_LIMIT_MB", 0)
    answer = send()
    assert answer.status_code == 413
    assert "megabytes" in answer.json()["problems"][0]["what"]
    assert files(settings.UPLOADS) == []


def raw(token: str, content: bytes, **environ):
    request = {
        "PATH_INFO": "/api/v1/pilots/visits/data",
        "REQUEST_METHOD": "PUT",
        "HTTP_AUTHORIZATION": f"Bearer {token}",
        "CONTENT_TYPE": "application/octet-stream",
        "wsgi.input": io.BytesIO(content),
    }
    return Client().request(**request, **environ)


def test_what_is_cut_short_is_refused_and_gone(token, csv, settings):
    answer = raw(token, csv, CONTENT_LENGTH=str(len(csv) + 1))
    assert answer.status_code == 400
    assert "ended before" in answer.json()["problems"][0]["what"]
    assert files(settings.UPLOADS) == []


def test_an_empty_body_is_an_empty_file(token):
    answer = raw(token, b"", CONTENT_LENGTH="0")
    assert answer.status_code == 422
    assert answer.json()["problems"][0]["what"] == "the file is empty."


def test_a_body_of_unknown_length_is_not_read(token, csv):
    assert raw(token, csv).status_code == 411


def test_too_many_uploads_are_slowed_down(send, monkeypatch):
    from ninja.throttling import AuthRateThrottle

    monkeypatch.setattr(AuthRateThrottle, "timer", lambda self: 1000.0)
    statuses = [send(b"\n").status_code for _ in range(121)]
    assert statuses == [422] * 120 + [429]
    assert int(send(b"\n")["Retry-After"]) >= 1
