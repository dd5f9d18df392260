"""Who may do what in a case: each act needs one of a few duties, and one party holds at most one of them.

Owner, evaluator, reviewer and auditor must be different parties (clew.case.commands.TakeDuty refuses otherwise), so
nobody can evaluate what they own or review what they evaluated.

Source: independent review and clear lines of responsibility, as guidance for public innovation asks; for the
separation, the UK Magenta Book's independence of evaluation.
"""

from clew.case.state import Case
from clew.errors import DeniedError

ANYBODY_SIGNED_IN = "anybody signed in"
STEWARD = "steward"

# act: the duties of which one is enough
ACTS: dict[str, tuple[str, ...]] = {
    "open": (ANYBODY_SIGNED_IN,),
    "propose": ("owner",),
    "enter a phase": ("owner",),
    "give evidence": ("owner", "evaluator", "reviewer", "auditor"),
    "appoint": ("owner", STEWARD),
    "leave": (ANYBODY_SIGNED_IN,),
    "name a partner": ("owner",),
    "reach a status": ("owner",),
    "declare novelty": (ANYBODY_SIGNED_IN,),
    "close": ("owner",),
    "draft": ("owner", "evaluator"),
    "lock": ("owner",),
    "amend": ("owner",),
    "adapt": ("owner",),
    "close a round": ("owner",),
    "bring data": ("evaluator",),
    "see data": ("evaluator", "reviewer", "auditor"),
    "take a look": ("evaluator",),
    "answer a screen": ("evaluator",),
    "hear the public": ("owner",),
    "review": ("reviewer",),
    "override": ("owner",),
    "decide": ("owner",),
}


def may(case: Case, party: str, act: str, *, steward: bool = False) -> bool:
    """Return whether a party may do an act in a case. Raises KeyError for an act that is not in `ACTS`."""
    needed = ACTS[act]
    if ANYBODY_SIGNED_IN in needed or (steward and STEWARD in needed):
        return True
    return any(duty in needed and holder == party for duty, holder in case.duties)


def refuse_unless_may(case: Case, party: str, act: str, *, steward: bool = False) -> None:
    """Raise DeniedError where a party may not do an act in a case."""
    if not may(case, party, act, steward=steward):
        raise DeniedError(
            f'"{party}" may not {act} in this case.',
            do=f"That is for its {' or '.join(duty for duty in ACTS[act])}.",
        )
