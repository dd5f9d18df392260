"""The kinds of comparison, in plain words, and the questions that some of them alone ask."""

from typing import Final

from clew.web.pilot.question import Question, Shape

KINDS_IN_WORDS = (
    ("randomised", "A lot decides for each one", "strongest with few units: each person, home or class is drawn"),
    (
        "cluster-randomised",
        "A lot decides for whole groups",
        "when the pilot changes how a district, school or team works: plan twelve groups or more",
    ),
    ("stepped-wedge", "All groups get it, one after another, by lot", "when nobody may be left without it in the end"),
    ("random-rollout", "All units get it, from a date drawn by lot", "as above, for many units over many periods"),
    ("encouragement", "A lot decides who is invited", "when nobody can be made to take part, or kept from it"),
    (
        "difference-in-differences",
        "Some places get it from a day on, others do not",
        "no lot: both must have gone the same way before",
    ),
    (
        "staggered-difference-in-differences",
        "Places get it on different days, and nobody drew lots",
        "they are compared with places that do not have it yet",
    ),
    ("regression-discontinuity", "A score with a cut-off decides", "those just above against those just below"),
    ("synthetic-control", "One place gets it; others are mixed into its twin", "needs a long time before"),
    (
        "synthetic-difference-in-differences",
        "As above, with the change instead of the level",
        "when the place always stood above or below the others",
    ),
    ("interrupted-time-series", "One series, before and after", "weak unless another series stands beside it"),
    ("rare-events", "Events so rare that each one is counted", "two arms, before and after, or against what was usual"),
)

LIKE: Final[Shape] = "short"
Asked = tuple[str, str, str, Shape, tuple[tuple[str, str, str], ...]]
ASKED: tuple[Asked, ...] = (
    ("period", "Over time: which column names the month or year?", "Example: month", LIKE, ()),
    (
        "treated_from",
        "Where the start differs: which column says when each one starts?",
        "Empty there: never. Example: start",
        LIKE,
        (),
    ),
    (
        "from",
        "From when is it done? Several dates one a line",
        "As written in the data. Example: 2027-03",
        "list",
        (),
    ),
    ("received", "Which column says who took it up?", "1 or 0. For an invitation, or a cut-off not kept", LIKE, ()),
    ("running", "Score and cut-off: which column holds the score?", "Example: income", LIKE, ()),
    ("cutoff", "… and where is the cut-off?", "Example: 50", LIKE, ()),
    (
        "treated_side",
        "… and who gets it?",
        "",
        "choose",
        (("", "–", ""), ("above", "from the cut-off up", ""), ("below", "from the cut-off down", "")),
    ),
    ("bandwidth", "… and how far from it are scores compared?", "Left empty: chosen by the data.", LIKE, ()),
    ("donut", "… and how near to it are they left out?", "Where scores were rounded or moved.", LIKE, ()),
    ("treated_unit", "One place: how is it called in the data?", "Example: Northtown", LIKE, ()),
    ("season", "One series: how many periods make a round?", "12 for months.", LIKE, ()),
    ("control", "… and which column holds a comparison series?", "", LIKE, ()),
    (
        "impact_model",
        "… and what may change when it comes?",
        "",
        "choose",
        (
            ("", "As suits the estimator", ""),
            ("level", "the level alone", ""),
            ("level and slope", "the level and the slope", ""),
        ),
    ),
    ("exposure", "Rare events: which column says over what they are counted?", "Example: person_years", LIKE, ()),
    ("expected", "… or how many were to be expected?", "", LIKE, ()),
    (
        "against",
        "Different starts: compared with whom?",
        "",
        "choose",
        (
            ("", "those not treated yet", ""),
            ("not-yet", "those not treated yet", ""),
            ("never", "those never treated", ""),
        ),
    ),
    (
        "aggregate",
        "… brought together how?",
        "",
        "choose",
        (
            ("", "As suits the design", ""),
            ("overall", "all together", ""),
            ("group", "start by start", ""),
            ("event-time", "by time since the start", ""),
        ),
    ),
    (
        "estimand",
        "… a start drawn by lot: weighed how?",
        "",
        "choose",
        (
            ("", "As suits the design", ""),
            ("simple", "all alike", ""),
            ("cohort", "start by start", ""),
            ("calendar", "period by period", ""),
        ),
    ),
)
OF_SOME_KINDS = tuple(
    Question("design", key, label, hint, shape, seldom=True, choices=choices)
    for key, label, hint, shape, choices in ASKED
)
