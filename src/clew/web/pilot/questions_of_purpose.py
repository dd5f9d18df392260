"""The first questions: what for, compared with what, measured how, and for whom."""

from clew.pilot.kinds import KINDS
from clew.web.pilot.question import DraftStep, Question
from clew.web.pilot.questions_of_designs import KINDS_IN_WORDS, OF_SOME_KINDS

WHY = DraftStep(
    "why",
    "What and why",
    "Say what you hope for before you know. A promise that was written down beforehand is worth more than any report.",
    (
        Question("pilot", "title", "What is the pilot called?", "Example: Joint first visits", needed=True),
        Question(
            "pilot",
            "id",
            "Its name in addresses and files",
            "Letters, digits and hyphens. It can never be changed. Example: joint-first-visits",
            needed=True,
        ),
        Question(
            "pilot",
            "hypothesis",
            "What do you expect to change, for whom, and why?",
            "Example: Where a fire worker joins the first care visit, more homes are safe 90 days later, because"
            " dangers are seen and mended at once.",
            "long",
            needed=True,
        ),
        Question(
            "population",
            "unit",
            "What do you count, one by one?",
            "A person, a home, a school class. Example: home",
            "short",
            needed=True,
        ),
        Question(
            "population",
            "eligible",
            "Which of them may take part?",
            "Example: homes of people who apply for care for the first time, and agree to the visit",
            "long",
            needed=True,
        ),
        Question(
            "population",
            "kind",
            "What does the pilot ask?",
            shape="one of",
            needed=True,
            choices=(
                ("impact", "Does it work?", "the pilot can end in “scale”"),
                ("feasibility", "Can it be done?", "the pilot can never end in “scale”"),
            ),
        ),
        Question(
            "pilot",
            "existing_data",
            "Are there outcomes already?",
            "Be honest: it is said beside every verdict.",
            "one of",
            needed=True,
            choices=(
                ("none", "No, nothing has been measured yet", ""),
                ("exists, not seen", "They exist, but nobody here has seen them", ""),
                ("seen", "We have seen them", "every verdict will say “registered after data began”"),
            ),
        ),
        Question("pilot", "data_began", "First day with an outcome, if you know it", shape="day"),
        Question(
            "pilot", "synthetic", "The data are made up (an exercise)", "Every page will say so.", "yes", seldom=True
        ),
    ),
)

COMPARISON = DraftStep(
    "comparison",
    "The comparison",
    "Without a fair comparison nobody can tell what would have happened anyway. Chance is the fairest judge.",
    (
        Question(
            "design",
            "kind",
            "What makes the comparison fair?",
            shape="one of",
            needed=True,
            choices=KINDS_IN_WORDS,
        ),
        Question(
            "design",
            "cluster",
            "If whole groups: which column of the data names the group?",
            "Example: district",
            "short",
        ),
        Question(
            "design",
            "arm",
            "Which column of the data will say who got what?",
            "Where a lot decides. Example: arm",
            "short",
        ),
        Question(
            "design",
            "comparison",
            "What stands in it for those who go on as before?",
            "Example: usual visit",
            "short",
        ),
        Question(
            "design",
            "treated",
            "What stands in it for those who get the new thing?",
            "Left empty: every other value. Example: joint visit. Without a lot: the column that is 1 for the treated.",
            "short",
        ),
        Question(
            "design",
            "unit",
            "Which column names each one?",
            "Every value must differ. Example: home_number",
            "short",
        ),
        Question(
            "design",
            "block",
            "Is the lot drawn within parts (towns, age bands)? Which column names the part?",
            "Makes the arms alike in what matters most. Example: town",
            "short",
            seldom=True,
        ),
        Question("design", "pair", "Or in pairs: which column names the pair?", shape="short", seldom=True),
        *OF_SOME_KINDS,
        Question("design", "other_arms", "Further values of the arm, one a line", shape="list", seldom=True),
        Question("design", "weights", "Which column holds weights?", shape="short", seldom=True),
        Question(
            "design", "fixed_effects", "Column whose values are absorbed", "One column.", shape="list", seldom=True
        ),
        Question(
            "design",
            "estimator",
            "How is the effect computed?",
            shape="choose",
            choices=(
                ("", "As suits the design", ""),
                *((one, one, "") for one in dict.fromkeys(e for kind in KINDS.values() for e in kind.estimators)),
            ),
            seldom=True,
        ),
        Question(
            "design",
            "standard_errors",
            "How is its uncertainty computed?",
            shape="choose",
            choices=(
                ("", "As suits the design", ""),
                *((one, one, "") for one in dict.fromkeys(e for kind in KINDS.values() for e in kind.standard_errors)),
            ),
            seldom=True,
        ),
        Question(
            "design",
            "seed",
            "A seed of your own for the lot",
            "Left empty, a secret one is drawn and sealed at the lock. That is safer: nobody can foresee the lot.",
            "short",
            seldom=True,
        ),
    ),
)

OUTCOME = DraftStep(
    "outcome",
    "The outcome",
    "One outcome decides. Choose what matters to people and can be counted.",
    (
        Question("outcome", "name", "What is measured, in plain words?", "Example: safe at 90 days"),
        Question(
            "outcome",
            "column",
            "Which column of the data will hold it?",
            "Example: safe_at_90_days",
            "short",
            needed=True,
        ),
        Question(
            "outcome",
            "measure",
            "What kind of figure is it?",
            shape="one of",
            needed=True,
            choices=(
                ("proportion", "Yes or no", "written 1 or 0 in the data; the effect is a difference of shares"),
                ("mean", "An amount", "days, euros, points; the effect is a difference of averages"),
                ("count", "A number of events", "falls, visits, complaints of each one"),
            ),
        ),
        Question(
            "outcome",
            "better",
            "Which way is better?",
            shape="one of",
            needed=True,
            choices=(("higher", "Higher is better", ""), ("lower", "Lower is better", "")),
        ),
        Question(
            "outcome",
            "worth_having",
            "What is the smallest improvement worth having?",
            "Below it you would not want it even for free of doubt. A share: five percentage points are 0.05 (or write"
            " 5%). Always a positive number.",
            "short",
            needed=True,
        ),
        Question("outcome", "unit", "Its unit, in words", "Example: days", "short"),
        Question(
            "outcome",
            "definition",
            "What exactly is counted, and when?",
            "Whoever changes it later makes a new version, and everybody sees that.",
            seldom=True,
        ),
        Question("outcome", "denominator", "Of whom, or over what?", "Example: all homes visited", seldom=True),
        Question("outcome", "source", "Where do the figures come from?", "Example: alarm test at day 90", seldom=True),
        Question("outcome", "owner", "Which office answers for them?", "Example: fire service", seldom=True),
        Question(
            "outcome",
            "adjust_for",
            "Columns known beforehand that make the answer sharper, one a line",
            "Measured before the pilot began. Example: age",
            "list",
            seldom=True,
        ),
    ),
)

GROUPS = DraftStep(
    "groups",
    "For whom",
    "A pilot that helps on average can still harm some. Name the groups whose fate must be seen; leave empty what you"
    " do not need.",
    (
        Question("equity", "column", "Which column of the data names the groups?", "Example: mother_tongue", "short"),
        Question(
            "equity",
            "eligible_shares",
            "The groups, each with its share of all who may take part",
            "One a line, together 1. Example: Danish = 0.91",
            "list",
        ),
        Question(
            "equity",
            "reach_at_least",
            "Each group must be reached at least at this ratio",
            "0.8: a group of 10% of those who may take part makes up 8% or more of those treated.",
            "short",
        ),
        Question(
            "equity",
            "harm_limit",
            "A group counts as harmed when it is surely below this improvement",
            "Left empty: 0, worse off than without the pilot.",
            "short",
        ),
    ),
    repeated="Groups",
)
