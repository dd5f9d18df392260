"""What a protocol asks, in plain words: a few short steps, each question bound to one key of the protocol file.

Every key of `clew.pilot.keys` is asked exactly once (a test holds that), but for the case, which the draft knows.
A new key is one line there and one here.
"""

from dataclasses import dataclass
from typing import Literal

from clew.pilot.keys import BY_NAME, KINDS, Key

Shape = Literal["line", "short", "long", "list", "one of", "choose", "yes", "day"]
NOT_ASKED = {("pilot", "case")}
MOST_GROUPS = 20


@dataclass(frozen=True, slots=True)
class Question:
    """One question: the `table` and `key` that its answer fills, and how it is put.

    `needed`: no pilot begins without an answer. `choices`: (value, label, explanation). `seldom`: most pilots need not
    answer it, so it stands folded away.
    """

    table: str
    key: str
    label: str
    hint: str = ""
    shape: Shape = "line"
    needed: bool = False
    choices: tuple[tuple[str, str, str], ...] = ()
    seldom: bool = False

    @property
    def name(self) -> str:
        """Its name in a form."""
        return f"{self.table}-{self.key}"

    @property
    def reads(self) -> Key:
        """The key of the protocol file."""
        return next(one for one in BY_NAME[self.table].keys if one.name == self.key)


@dataclass(frozen=True, slots=True)
class DraftStep:
    """One page of questions. `repeated`: the questions are asked for each of several groups."""

    slug: str
    title: str
    about: str
    questions: tuple[Question, ...]
    repeated: bool = False


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
            "Who is drawn by lot?",
            shape="one of",
            needed=True,
            choices=(
                ("randomised", "Each one for itself", "strongest with few units: each person, home or class is drawn"),
                (
                    "cluster-randomised",
                    "Whole groups together",
                    "when the pilot changes how a district, school or team works: plan twelve groups or more",
                ),
            ),
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
            "Example: arm",
            "short",
            needed=True,
        ),
        Question(
            "design",
            "comparison",
            "What stands in it for those who go on as before?",
            "Example: usual visit",
            "short",
            needed=True,
        ),
        Question(
            "design",
            "treated",
            "What stands in it for those who get the new thing?",
            "Left empty: every other value. Example: joint visit",
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
                *((one, one.upper(), "") for one in ("classical", "hc1", "hc2", "cr1", "cr2")),
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
    repeated=True,
)

SIZE = DraftStep(
    "size",
    "Size and looks",
    "How many, and when you look. What you leave empty is assumed with care, and said so.",
    (
        Question(
            "looks",
            "method",
            "How often will you look at the result?",
            shape="one of",
            needed=True,
            choices=(
                ("single", "Once, at the end", ""),
                (
                    "obrien-fleming",
                    "Several times",
                    "with a stricter limit early on, so that nothing is decided by luck",
                ),
            ),
        ),
        Question("looks", "planned", "How many looks are planned?", "Example: 1", "short", needed=True),
        Question(
            "looks",
            "alpha",
            "Risk of seeing an effect where there is none",
            "Over all looks together. 0.05 is usual.",
            "short",
            needed=True,
        ),
        Question("size", "units", "How many will take part in all, at the last planned look?", "Example: 312", "short"),
        Question("size", "clusters", "If whole groups are drawn: how many groups?", "Example: 12", "short"),
        Question(
            "size",
            "baseline",
            "Where does the outcome stand without the pilot?",
            "A share: 0.55 or 55%. An amount: its average.",
            "short",
        ),
        Question("size", "sd", "If it is an amount: its standard deviation", shape="short"),
        Question(
            "size",
            "icc",
            "If whole groups: how alike are those within a group (ICC)?",
            "0: not at all; 1: entirely. Left empty: 0.05.",
            "short",
            seldom=True,
        ),
        Question(
            "size",
            "cluster_size_cv",
            "How much do the groups differ in size?",
            "Standard deviation over mean. Left empty: 0.65.",
            "short",
            seldom=True,
        ),
        Question("size", "r2", "Share of the variance that is known beforehand", shape="short", seldom=True),
        Question(
            "size",
            "power",
            "Probability wanted of showing the effect if it is there",
            "Left empty: 0.8.",
            "short",
            seldom=True,
        ),
        Question("size", "treated_share", "Share that gets the new thing", "Left empty: 0.5.", "short", seldom=True),
        Question(
            "size",
            "rare_name",
            "Is there a rare event you hope to prevent in the end?",
            "Too rare to be counted in the pilot. Example: fire deaths",
            seldom=True,
        ),
        Question(
            "size",
            "rare_events_a_year",
            "How many a year are expected in the whole area?",
            "Example: 0.74",
            "short",
            seldom=True,
        ),
        Question(
            "size", "rare_cut", "Which share of them do you hope to prevent?", "Left empty: 0.5.", "short", seldom=True
        ),
        Question(
            "size",
            "proximal",
            "What must change first, and can be counted?",
            "Example: the alarm works and nobody smokes in bed",
            seldom=True,
        ),
    ),
)

COST = DraftStep(
    "cost",
    "Cost, and whom it concerns",
    "What it costs, and what it means to those who use it, are obliged by it, pay for it, or merely live beside it.",
    (
        Question("cost", "currency", "Currency", "Three letters. Example: EUR", "short"),
        Question("cost", "per_treated_unit", "What does one more cost?", "Example: 125.00", "short"),
        Question("publics", "users", "Those who use or get it", "What it means to them, or: none, because …"),
        Question("publics", "obligatees", "Those whom it obliges or restricts"),
        Question("publics", "taxpayers", "Those who pay"),
        Question("publics", "public_at_large", "Everybody else"),
    ),
)

RULE = DraftStep(
    "rule",
    "The rule",
    "What must be seen for which decision. The rule decides on its own; you can override it later, in public, with your"
    " reason.",
    (
        Question(
            "scale",
            "effect_lower_bound_above",
            "Scale when the effect is surely above",
            "0: when there is surely an effect. Written as an improvement.",
            "short",
        ),
        Question(
            "scale",
            "cost_per_outcome_at_most",
            "… and one more good outcome costs at most",
            "Needs the cost of one more. Example: 1000.00",
            "short",
        ),
        Question("scale", "no_group_harmed", "… and no group is harmed", "Needs groups.", "yes"),
        Question("scale", "no_group_under_reached", "… and every group is reached", "Needs groups.", "yes"),
        Question(
            "stop",
            "effect_upper_bound_below",
            "Stop when the effect is surely below",
            "Most write the smallest improvement worth having. Left empty, only the last look stops the pilot.",
            "short",
        ),
        Question(
            "extend",
            "times",
            "If nothing is decided: how often may the pilot be extended?",
            "0, 1 or 2. An extension needs several looks.",
            "short",
        ),
        Question(
            "adapt",
            "times",
            "If a group is harmed: how often may the pilot be changed before it stops?",
            "Left empty: never.",
            "short",
        ),
    ),
)

END = DraftStep(
    "end",
    "The end",
    "A pilot without an end becomes a habit.",
    (
        Question(
            "exit",
            "plan",
            "How is it wound up, and what becomes of those in it?",
            "Example: visits end with the month; fitted alarms stay, and the housing department looks after them.",
            "long",
            needed=True,
        ),
        Question(
            "public_input",
            "by",
            "By when is the public heard?",
            "Not after the decision.",
            "day",
            needed=True,
        ),
        Question("decision", "by", "By when is it decided?", "After that day it is overdue.", "day", needed=True),
        Question(
            "decision",
            "owner",
            "Who answers for the decision?",
            "An office, never a person's name.",
            needed=True,
        ),
    ),
)

STEPS = (WHY, COMPARISON, OUTCOME, GROUPS, SIZE, COST, RULE, END)
BY_SLUG = {step.slug: step for step in STEPS}
BY_KEY = {(one.table, one.key): one for step in STEPS for one in step.questions}
STEP_OF = {one.table + "-" + one.key: step for step in STEPS for one in step.questions}
BEGINS_WITH = {
    "pilot-existing_data": "none",
    "population-kind": "impact",
    "design-arm": "arm",
    "looks-method": "single",
    "looks-planned": "1",
    "looks-alpha": "0.05",
    "scale-effect_lower_bound_above": "0",
}
