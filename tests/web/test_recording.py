"""What is sent twice is recorded once: one button pressed twice, two tabs, two threads at the same moment."""

import threading

import pytest
from django.db import connection, connections
from django.test import Client
from django.urls import reverse

from clew.web.govern.models import Account
from clew.web.record.models import EventRow, Once
from clew.web.recording import once_only
from pilot_drafting import hidden

OWNER = "director of care"
SAID = {"status": "prototype"}


def address(case: str) -> str:
    return reverse("case-do", args=[case, "status"])


def test_two_tabs_with_the_same_answer_record_it_once(a_case, as_):
    first, second = as_(OWNER), as_(OWNER)
    tabs = [hidden(client.post(address(a_case), SAID)) for client in (first, second)]
    size = EventRow.objects.count()

    answers = [
        client.post(address(a_case), {**tab, **SAID, "confirmed": "yes"})
        for client, tab in zip((first, second), tabs, strict=True)
    ]

    assert [one.status_code for one in answers] == [302, 302]
    assert {one.url for one in answers} == {reverse("case", args=[a_case])}
    assert EventRow.objects.count() == size + 1


def test_the_same_said_again_later_is_something_new(a_case, as_):
    client = as_(OWNER)
    size = EventRow.objects.count()
    for _ in range(2):
        checked = client.post(address(a_case), SAID)
        client.post(address(a_case), {**hidden(checked), **SAID, "confirmed": "yes"})

    assert EventRow.objects.count() == size + 2


def test_nothing_is_recorded_before_it_was_checked_and_it_can_be_changed(a_case, as_):
    client = as_(OWNER)
    size = EventRow.objects.count()
    checked = client.post(address(a_case), SAID)
    changed = client.post(address(a_case), {**hidden(checked), "change": "yes"})

    assert changed.status_code == 200
    assert 'value="prototype"' in changed.content.decode()
    assert "checked" in changed.content.decode().split('value="prototype"')[1][:80]
    assert EventRow.objects.count() == size


def test_what_the_rules_refuse_leaves_no_mark(a_case, as_):
    client = as_(OWNER)
    do = reverse("case-do", args=[a_case, "propose"])
    said = {"for_whom": "elderly people at home", "value": "to live safely", "noticed_by": "homes safe at 90 days"}
    checked = client.post(do, {**said, "reason": "none"})

    for _ in range(2):
        again = client.post(do, {**hidden(checked), **said, "confirmed": "yes"})
        assert again.status_code == 409
        assert "says this already" in again.content.decode()
    assert not Once.objects.exists()


def test_an_error_inside_is_not_taken_for_a_second_time(db):
    Once.objects.create(key="there")

    def break_a_rule_of_the_database() -> str:
        Once.objects.create(key="there")
        return "/"

    with pytest.raises(Exception, match=r"(?i)unique"):
        once_only("another", break_a_rule_of_the_database)


@pytest.mark.django_db(transaction=True)
def test_threads_that_send_the_same_at_once_record_it_once(a_case, account):
    owner = account(OWNER)
    client = Client()
    client.force_login(owner)
    checked = hidden(client.post(address(a_case), SAID))
    size = EventRow.objects.count()

    answers = at_once(4, owner, lambda each: each.post(address(a_case), {**checked, **SAID, "confirmed": "yes"}))

    assert [one.status_code for one in answers] == [302] * 4
    assert EventRow.objects.count() == size + 1


def at_once(threads: int, account: Account, send) -> list:
    """Let several threads, each with a session of its own, send something at the same moment."""
    ready, answers = threading.Barrier(threads), []
    clients = [Client() for _ in range(threads)]
    for client in clients:
        client.force_login(account)

    def run(client: Client) -> None:
        try:
            ready.wait()
            answers.append(send(client))
        finally:
            connections.close_all()

    running = [threading.Thread(target=run, args=(client,)) for client in clients]
    for one in running:
        one.start()
    for one in running:
        one.join()
    assert len(answers) == threads, "a thread broke"
    assert connection.is_usable()
    return answers
