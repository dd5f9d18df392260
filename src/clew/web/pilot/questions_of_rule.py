"""The last questions: how many, at what cost, by which rule, until when."""

from clew.web.pilot.question import DraftStep, Question

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
        Question("size", "periods", "Over time: how many months or years in all?", "Example: 24", "short", seldom=True),
        Question(
            "size", "periods_before", "… and how many of them before the first start?", shape="short", seldom=True
        ),
        Question(
            "size",
            "serial_correlation",
            "… and how far does one period resemble the next?",
            "0: not at all; 1: entirely. Left empty: 0.5.",
            "short",
            seldom=True,
        ),
        Question(
            "size",
            "received_share",
            "By invitation: how many more will take it up?",
            "0.5: half of those invited who would not have done so otherwise.",
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
            "sustained",
            "period",
            "To see whether it lasts: which column names the quarter?",
            shape="short",
            seldom=True,
        ),
        Question(
            "sustained",
            "support",
            "… and which says whether extra support was still given?",
            "1 or 0.",
            "short",
            seldom=True,
        ),
        Question("funnel", "unit", "To compare places without ranking them: which column?", shape="short", seldom=True),
        Question(
            "versions",
            "column",
            "If it is adapted on the way: which column names the version?",
            "Treated and compared alike bear the version of their time.",
            "short",
            seldom=True,
        ),
        Question("iterations", "most", "If it learns in rounds: how many at most?", shape="short", seldom=True),
        Question(
            "iterations",
            "budget",
            "… and what may all rounds cost together?",
            "Example: 20000.00",
            "short",
            seldom=True,
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
