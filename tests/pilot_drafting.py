"""How tests write a protocol through the pages: the answers of a small pilot, step by step."""

import re

from django.urls import reverse

from clew.web.pilot.models import ProtocolDraft
from clew.web.pilot.questions import STEPS

OWNER, EVALUATOR = "director of care", "evaluation unit"
ANSWERS = {
    "why": {
        "pilot-title": "Joint first visits",
        "pilot-id": "joint-first-visits",
        "pilot-hypothesis": "More homes are safe.",
        "pilot-existing_data": "none",
        "population-unit": "home",
        "population-eligible": "homes that apply for care",
        "population-kind": "impact",
    },
    "comparison": {"design-kind": "randomised", "design-arm": "arm", "design-comparison": "usual visit"},
    "outcome": {
        "outcome-column": "safe",
        "outcome-measure": "proportion",
        "outcome-better": "higher",
        "outcome-worth_having": "0.1",
    },
    "further-outcomes": {
        "secondary-0-column": "false_alarms",
        "secondary-0-measure": "count",
        "secondary-0-better": "lower",
    },
    "groups": {"equity-0-column": "language", "equity-0-eligible_shares": "Danish = 0.9\nother = 10%"},
    "size": {
        "looks-method": "single",
        "looks-planned": "1",
        "looks-alpha": "0.05",
        "size-units": "400",
        "size-baseline": "55%",
    },
    "cost": {"cost-currency": "EUR", "cost-per_treated_unit": "125.00"},
    "rule": {
        "scale-effect_lower_bound_above": "0",
        "scale-no_group_harmed": "on",
        "stop-effect_upper_bound_below": "0.1",
    },
    "end": {
        "exit-plan": "visits end with the month",
        "public_input-by": "2027-03-01",
        "decision-by": "2027-06-01",
        "decision-owner": OWNER,
    },
}


def begin(client, case: str) -> ProtocolDraft:
    """Begin a draft by its title."""
    client.post(reverse("draft-new", args=[case]), {"title": "Joint first visits"})
    return ProtocolDraft.objects.latest("changed_at")


def fill(client, draft: ProtocolDraft, **changed: dict[str, str]):
    """Answer every step as a browser would; return the last answer."""
    for step in STEPS:
        said = {**ANSWERS[step.slug], **changed.get(step.slug, {})}
        sent = client.post(reverse("draft-step", args=[draft.id, step.slug]), said)
        assert sent.status_code == 302, sent.content.decode()
    return sent


def hidden(page) -> dict[str, str]:
    """Return what a page sends unseen."""
    return dict(re.findall(r'<input type="hidden" name="([\w.-]+)" value="([^"]*)"', page.content.decode()))


def lock(client, draft: ProtocolDraft):
    """Review, check and lock without trying the rule out; return the last answer."""
    seen = client.get(reverse("draft-review", args=[draft.id]))
    address = reverse("draft-lock", args=[draft.id])
    said = {**hidden(seen), "untried": "on"}
    checked = client.post(address, said)
    assert checked.status_code == 200, checked.content.decode()
    return client.post(address, {**said, **hidden(checked), "confirmed": "yes"})
