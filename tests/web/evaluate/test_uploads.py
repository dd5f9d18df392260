"""Files that people bring: how named, once each, taken back until sealed, seen by few, refused in plain words."""

import gzip
import hashlib
from datetime import timedelta
from pathlib import Path

import duckdb
import pytest
from django.contrib.messages import get_messages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clew.web import clock
from clew.web.evaluate.arriving import arriving
from clew.web.evaluate.models import LookRun, Upload
from clew.web.evaluate.names import LONGEST, UNSEEN, shown_name
from clew.web.evaluate.uploads import path_of
from clew.web.work import queue

PAGE = "/pilots/visits/data"
HOSTILE = [
    ("../../etc/passwd.csv", "passwd.csv"),
    ("C:\\data\\rows.csv", "rows.csv"),
    ("a\u202evsc.exe", "avsc.exe"),
    ("rows\x00\x07\n.csv", "rows.csv"),
    ("\u200b\u200f", "unnamed"),
    ("...", "unnamed"),
    ("", "unnamed"),
    ("x" * 10_000 + ".csv", "x" * (LONGEST - 21) + "…" + "x" * 16 + ".csv"),
    ("  two   words .csv", "two words .csv"),
    ("\ud800.csv", "csv"),
]


def stored(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file() and path.name != "lock")


@pytest.mark.parametrize(("given_name", "shown"), HOSTILE)
def test_hostile_names_are_made_harmless(given_name, shown):
    assert shown_name(given_name) == shown


@given(st.text(max_size=300))
@settings(max_examples=200, deadline=None)
def test_any_name_is_shown_short_on_one_line_and_without_a_path(name):
    import unicodedata

    shown = shown_name(name)
    assert 0 < len(shown) <= LONGEST
    assert not {"/", "\\"} & set(shown)
    assert not {unicodedata.category(one) for one in shown} & UNSEEN
    assert shown_name(shown) == shown


def test_a_name_is_escaped_where_it_is_shown(bring, as_, twelve_months):
    bring(twelve_months, "<script>alert(1)<script>.csv")
    page = as_("evaluation unit").get(PAGE).content.decode()
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_a_file_lies_under_its_sha256_however_it_is_named(bring, twelve_months, settings):
    bring(twelve_months, "../../../outside.parquet")
    sha256 = hashlib.sha256(twelve_months).hexdigest()
    assert stored(settings.UPLOADS) == [settings.UPLOADS / sha256[:2] / f"{sha256}.csv"]
    assert stored(settings.UPLOADS)[0].read_bytes() == twelve_months


def test_packed_csv_and_parquet_are_taken_as_what_they_are(bring, twelve_months, tmp_path, settings):
    parquet = tmp_path / "rows.parquet"
    (tmp_path / "rows.csv").write_bytes(twelve_months)
    duckdb.sql(f"COPY (FROM read_csv('{tmp_path / 'rows.csv'}')) TO '{parquet}' (FORMAT parquet)")
    bring(gzip.compress(twelve_months), "packed.csv")
    bring(parquet.read_bytes(), "named-wrongly.csv")
    assert sorted(Upload.objects.values_list("suffix", flat=True)) == [".csv.gz", ".parquet"]


def test_the_same_file_twice_is_one(bring, twelve_months, settings):
    bring(twelve_months, "first.csv")
    again = bring(twelve_months, "second.csv")
    assert Upload.objects.get().name == "first.csv"
    assert len(stored(settings.UPLOADS)) == 1
    assert "was here already" in str(*get_messages(again.wsgi_request))


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"PK\x03\x04 a workbook", "Excel workbook"),
        (b"\xff\xfea\x00", "UTF-16"),
        (b"\n\n", "the file is empty"),
        (b"district,arm,safe\na,b,1\n", "column “tongue” is missing"),
        (b"district,arm,safe,tongue,arm\n", "comes twice"),
        (b"PAR1 cut short", "cut short"),
        (b"\x1f\x8b broken", "damaged"),
        (b"\xe9,b\n", "not UTF-8"),
    ],
)
def test_wrong_files_are_refused_in_the_evaluators_own_words_and_gone(bring, content, said, settings):
    answer = bring(content, "mine.csv")
    page = answer.content.decode()
    assert answer.status_code == 422
    assert said in page.replace("&quot;", '"').replace('"tongue"', "“tongue”")
    assert "mine.csv" in page
    assert str(settings.UPLOADS) not in page
    assert stored(settings.UPLOADS) == []
    assert not Upload.objects.exists()


def test_a_script_is_answered_in_json(as_, a_pilot, twelve_months):
    client = as_("evaluation unit")
    sound = {"file": SimpleUploadedFile("a.csv", twelve_months), "whole": "yes"}
    wrong = {"file": SimpleUploadedFile("a.csv", b"a\n1\n"), "whole": "yes"}
    assert client.post(PAGE, sound, headers={"Accept": "application/json"}).json() == {"to": PAGE}
    answer = client.post(PAGE, wrong, headers={"Accept": "application/json"})
    assert answer.status_code == 422
    assert {"what", "where", "do"} == set(answer.json()["problems"][0])


def test_a_form_without_a_file_or_without_its_end_is_refused(bring, as_, a_pilot, twelve_months, settings):
    assert as_("evaluation unit").post(PAGE, {"whole": "yes"}).status_code == 422
    assert bring(twelve_months, whole="").status_code == 400
    assert stored(settings.UPLOADS) == []


def test_what_is_larger_than_the_limit_is_refused(bring, monkeypatch, settings, twelve_months):
    monkeypatch.setitem(settings.CLEW.values, "CLEW_UPLOAD_LIMIT_MB", 0)
    answer = bring(twelve_months * 20)
    assert answer.status_code == 413
    assert "megabytes" in answer.content.decode()
    assert bring(twelve_months).status_code == 413, "the bytes are counted too, whatever the request said of its length"
    assert stored(settings.UPLOADS) == []


def test_a_form_from_another_site_brings_nothing(as_, a_pilot, account, twelve_months, settings):
    client = Client(enforce_csrf_checks=True)
    client.force_login(account("evaluation unit"))
    answer = client.post(PAGE, {"file": SimpleUploadedFile("a.csv", twelve_months), "whole": "yes"})
    assert answer.status_code == 403
    assert stored(settings.UPLOADS) == []


def test_without_a_session_nothing_is_read_and_one_is_told(client, a_pilot, twelve_months, settings):
    answer = client.post(PAGE, {"file": SimpleUploadedFile("a.csv", twelve_months), "whole": "yes"})
    assert answer.status_code == 302
    assert answer.url.startswith("/accounts/login/")
    assert stored(settings.UPLOADS) == []


@pytest.mark.parametrize("office", ["director of care", "audit office", "court of auditors", "somebody"])
def test_only_the_evaluator_brings_data(bring, office, twelve_months, settings):
    assert bring(twelve_months, office=office).status_code == 403
    assert stored(settings.UPLOADS) == []


@pytest.mark.parametrize(
    ("office", "status"),
    [("evaluation unit", 200), ("audit office", 200), ("court of auditors", 200), ("director of care", 403)],
)
def test_few_may_fetch_the_rows(brought, as_, office, status, twelve_months):
    answer = as_(office).get(f"{PAGE}/{brought.id}")
    assert answer.status_code == status
    if status == 200:
        assert b"".join(answer.streaming_content) == twelve_months
        assert answer["Content-Disposition"].startswith("attachment")
        assert answer["Cache-Control"] == "private, no-store"
        assert answer["X-Content-Type-Options"] == "nosniff"


def test_a_stranger_gets_no_row(brought, client):
    assert client.get(f"{PAGE}/{brought.id}").url.startswith("/accounts/login/")


def test_what_was_brought_is_taken_back_without_a_trace(brought, as_, settings):
    answer = as_("evaluation unit").post(f"{PAGE}/{brought.id}/undo")
    assert answer.status_code == 302
    assert stored(settings.UPLOADS) == []
    assert not Upload.objects.exists()


def test_bytes_that_another_pilot_has_too_stay(brought, as_, settings):
    Upload.objects.create(
        id="00000000-0000-0000-0000-000000000001",
        pilot="another",
        sha256=brought.sha256,
        name="a.csv",
        suffix=".csv",
        size_bytes=1,
        at=clock.now(),
    )
    as_("evaluation unit").post(f"{PAGE}/{brought.id}/undo")
    assert stored(settings.UPLOADS) == [path_of(brought)]


def test_what_a_look_uses_or_has_sealed_cannot_be_taken_back(brought, as_):
    evaluator = as_("evaluation unit")
    evaluator.post("/pilots/visits/look", {"data": [str(brought.id)], "look": "1", "confirmed": "yes", "once": "a"})
    for _ in range(2):
        assert evaluator.post(f"{PAGE}/{brought.id}/undo").status_code == 409
        queue.work_off()
    assert LookRun.objects.get().state == "done"
    assert path_of(brought).is_file()
    assert "Sealed by look 1: it stays" in evaluator.get(PAGE).content.decode()


def test_what_a_killed_process_left_is_cleared_away_by_the_next(a_pilot, settings, monkeypatch):
    folder = settings.UPLOADS / "arriving"
    folder.mkdir(parents=True)
    (folder / "left").write_bytes(b"half a file")
    with arriving() as alive:
        assert (folder / "left").exists(), "it may just have begun"
        later = clock.now() + timedelta(minutes=5)
        monkeypatch.setattr(clock, "now", lambda: later)
        with arriving() as another:
            assert stored(folder) == sorted([alive.path, another.path])
    assert stored(folder) == []


def test_the_page_asks_few_queries_however_many_files(bring, as_, twelve_months, django_assert_max_num_queries):
    evaluator = as_("evaluation unit")
    for number in range(6):
        bring(twelve_months + b"usual0,usual,1,Danish\n" * number)
    evaluator.get(PAGE)  # the messages are told
    with django_assert_max_num_queries(12):
        assert evaluator.get(PAGE).content.decode().count("SHA-256") == 6


FILE = st.one_of(st.binary(max_size=400), st.text(max_size=200).map(str.encode))


@given(content=FILE, name=st.text(max_size=60), whole=st.sampled_from(["yes", "", "\0"]))
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
def test_any_bytes_under_any_name_are_taken_or_refused(bring, content, name, whole):
    answer = bring(content, name or "x", whole=whole)
    assert answer.status_code in {302, 400, 422}
