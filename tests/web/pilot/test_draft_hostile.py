"""Whatever is sent to any form of a case or a draft: no error of ours, and nothing on the record unless it is valid."""

import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from clew.web.case.doing import BY_SLUG
from clew.web.pilot.models import ProtocolDraft
from clew.web.pilot.questions import STEPS
from clew.web.record.models import EventRow
from pilot_drafting import ANSWERS, OWNER, begin, fill, hidden

HOSTILE = st.one_of(
    st.text(max_size=80),
    st.sampled_from(
        (
            "\0",
            "\ud800".encode("utf-16", "surrogatepass").decode("utf-16", "replace"),
            "<script>alert(1)</script>",
            "'; DROP TABLE case; --",
            "{{ 7*7 }}{% now %}",
            "../../etc/passwd",
            "\r\nSet-Cookie: a=b",
            "9" * 400,
            "1e999",
            "-0",
            "\u202e\u0000\x1b[31m",
            'a = """\n',
            "= = =\n=",
            "x" * 30_000,
            "2027-02-30",
            "0001-01-01",
            "9999-12-31",
        )
    ),
)
RELAXED = settings(max_examples=5, deadline=None, suppress_health_check=list(HealthCheck))


def sound(answer) -> None:
    """Whatever comes back is a page, and no script of anybody's."""
    assert answer.status_code < 500
    html = answer.headers.get("Content-Type", "").startswith("text/html")
    assert not html or b"<script>alert(1)" not in answer.content
    assert "Set-Cookie: a" not in str(answer.headers)


def confirmed(checked, said) -> dict[str, str]:
    return {**said, **hidden(checked), "confirmed": "yes"}


@pytest.mark.parametrize("slug", sorted(BY_SLUG))
def test_acts_of_a_case_record_what_is_valid_or_nothing(slug, a_case, as_):
    client, address = as_(OWNER), reverse("case-do", args=[a_case, slug])
    names = list(client.get(address).context["form"].fields)
    choices = {
        name: [value for value, _ in getattr(field, "choices", ())]
        for name, field in client.get(address).context["form"].fields.items()
    }

    @RELAXED
    @given(st.data())
    def attack(data):
        said = {
            name: data.draw(st.one_of(HOSTILE, st.sampled_from(choices[name])) if choices[name] else HOSTILE)
            for name in names
        }
        size = EventRow.objects.count()
        checked = client.post(address, said)
        sound(checked)
        assert EventRow.objects.count() == size
        if checked.status_code == 200 and slug not in {"close", "leave"}:
            sent = client.post(address, confirmed(checked, said))
            sound(sent)
            assert EventRow.objects.count() == size + (sent.status_code == 302)

    attack()


def test_a_case_is_opened_whole_or_not_at_all(record, as_):
    client, address = as_(OWNER), reverse("case-new")

    @RELAXED
    @given(
        title=HOSTILE,
        identifier=HOSTILE,
        phase=st.sampled_from(("frame", "pilot", "nowhere", "\0")),
        announced=st.booleans(),
    )
    @example(title="Damp", identifier="new", phase="frame", announced=False)
    def attack(title, identifier, phase, announced):
        said = {"title": title, "identifier": identifier, "phase": phase, "risk": "low"}
        said |= {"announced": "on"} if announced else {}
        size = EventRow.objects.count()
        checked = client.post(address, said)
        sound(checked)
        assert EventRow.objects.count() == size
        if checked.status_code == 200:
            sent = client.post(address, confirmed(checked, said))
            assert (sent.status_code, EventRow.objects.count()) == (302, size + 2)
            sound(client.get(sent.url))

    attack()


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.slug)
def test_steps_keep_whatever_is_typed_and_never_break(step, a_case, as_):
    client = as_(OWNER)
    draft = begin(client, a_case)
    fill(client, draft)
    address = reverse("draft-step", args=[draft.id, step.slug])
    names = list(client.get(address).context["form"].fields)
    size = EventRow.objects.count()

    @RELAXED
    @given(st.dictionaries(st.sampled_from(names), HOSTILE))
    def attack(said):
        for headers in ({}, {"HX-Request": "true"}):
            sound(client.post(address, {**ANSWERS[step.slug], **said}, headers=headers))
        for page in (address, *(reverse(name, args=[draft.id]) for name in ("draft-review", "draft-export"))):
            shown = client.get(page)
            sound(shown)
            assert shown.status_code == 200
        sound(client.post(reverse("draft-lock", args=[draft.id]), {"sha256": "x", "untried": "on"}))
        assert EventRow.objects.count() == size

    attack()
    client.post(address, ANSWERS[step.slug])
    assert (
        ProtocolDraft.objects.get().typed["said"].items()
        >= {name: text for name, text in ANSWERS[step.slug].items() if text != "on"}.items()
    )


def test_files_that_are_no_protocol_are_refused_in_words(a_case, as_):
    client, address = as_(OWNER), reverse("draft-new", args=[a_case])

    @RELAXED
    @given(
        st.one_of(
            HOSTILE,
            st.sampled_from(("[pilot]\nid = 1", "pilot = 3", "[[pilot]]\n", "equity = [1]", "a = " + "[" * 3000)),
        )
    )
    @example('[pilot]\ntitle = "a\\u0000b"')
    @example("[outcome]\nworth_having = " + "9" * 5000)
    def attack(text):
        sound(client.post(address, {"text": text}))
        for draft in ProtocolDraft.objects.all():
            sound(client.get(reverse("draft-review", args=[draft.id])))
            sound(client.get(reverse("draft-step", args=[draft.id, "why"])))
            draft.delete()

    attack()


@pytest.mark.parametrize("name", ["draft", "draft-review", "draft-lock", "draft-amend", "draft-export"])
def test_a_draft_that_is_gone_says_so(name, a_case, as_):
    answer = as_(OWNER).get(reverse(name, args=["00000000-0000-0000-0000-000000000009"]))

    assert answer.status_code == 404
    assert "not here any more" in answer.content.decode()


def test_nobody_who_is_not_signed_in_changes_a_draft(a_case, as_):
    draft = begin(as_(OWNER), a_case)
    before = ProtocolDraft.objects.get().typed
    for name in ("draft-lock", "draft-remove", "draft-try"):
        assert Client().post(reverse(name, args=[draft.id]), {"sure": "yes"}).status_code == 302
    Client().post(reverse("draft-step", args=[draft.id, "why"]), ANSWERS["why"])

    assert ProtocolDraft.objects.get().typed == before
