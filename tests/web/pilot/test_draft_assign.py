"""Units are dealt by the sealed seed, once; the list with its arms is for duties alone."""

import csv
import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from clew.pilot.assign import verify_assignment
from clew.pilot.registration import fold
from clew.web.desk import reading
from clew.web.record.models import EventRow
from pilot_drafting import EVALUATOR, OWNER, begin, fill, hidden, lock

PILOT = "joint-first-visits"
UNITS = "home,street\n" + "".join(f"h{number},Elm {number}\n" for number in range(21))


@pytest.fixture
def locked(a_case, as_):
    owner = as_(OWNER)
    draft = begin(owner, a_case)
    fill(owner, draft)
    lock(owner, draft)
    return a_case


def deal(client, **sent):
    address = reverse("pilot-assign", args=[PILOT])
    checked = client.post(address, sent)
    assert checked.status_code == 200, checked.content.decode()
    return client.post(address, {**hidden(checked), "confirmed": "yes"})


def test_a_file_of_units_becomes_an_assignment_that_anybody_can_check(locked, as_, settings, tmp_path):
    settings.UPLOADS = tmp_path
    owner = as_(OWNER)
    done = deal(owner, file=SimpleUploadedFile("units.csv", UNITS.encode()))

    assert done.status_code == 302
    registration = fold(reading().events(locked), PILOT)
    download = as_(EVALUATOR).get(reverse("pilot-assignment", args=[PILOT]))
    wrong = verify_assignment(
        registration.protocol,
        download.content,
        "a.csv",
        seed=registration.assigned.seed,
        commitment=registration.locked.seed_commitment,
    )
    assert wrong == ()
    rows = list(csv.DictReader(io.StringIO(download.content.decode())))
    assert [(row["home"], row["street"]) for row in rows] == [(f"h{n}", f"Elm {n}") for n in range(21)]
    assert sorted(dict(registration.assigned.counts).values()) == [10, 11]
    assert "10 to" in owner.get(done.url).content.decode()


def test_the_same_list_again_changes_nothing_and_another_is_refused(locked, as_, settings, tmp_path):
    settings.UPLOADS = tmp_path
    owner = as_(OWNER)
    deal(owner, text=UNITS)
    size = EventRow.objects.count()

    assert deal(owner, text=UNITS).status_code == 302
    other = deal(owner, text=UNITS + "h99,Elm 99\n")
    assert other.status_code == 409
    assert "units are dealt once" in other.content.decode()
    assert EventRow.objects.count() == size


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "there are no units in it"),
        ("home\nh1\nh1\n", "stands on line 2 already"),
        ("street\nElm 1\n", "there is no column"),
        ("home,arm\nh1,treated\n", "these units have an arm"),
    ],
)
def test_what_is_no_list_of_units_is_said_and_nothing_is_recorded(locked, as_, text, said):
    size = EventRow.objects.count()
    answer = as_(OWNER).post(reverse("pilot-assign", args=[PILOT]), {"text": text, "confirmed": "yes"})

    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert EventRow.objects.count() == size


@pytest.mark.parametrize("office", ["somebody", "director of something else"])
def test_nobody_else_gets_the_list(locked, as_, office, settings, tmp_path):
    settings.UPLOADS = tmp_path
    deal(as_(OWNER), text=UNITS)

    assert as_(office).get(reverse("pilot-assignment", args=[PILOT])).status_code == 403
    assert as_(EVALUATOR).get(reverse("pilot-assign", args=[PILOT])).status_code == 403
