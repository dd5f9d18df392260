"""The questions on further outcomes, which are told beside the one that decides."""

from clew.web.pilot.question import DraftStep, Question

FURTHER = DraftStep(
    "further-outcomes",
    "Further outcomes",
    "What else may change, for better or worse? Each is told beside the outcome, and can neither earn nor block a"
    " verdict. Leave empty what you do not need.",
    (
        Question("secondary", "column", "Which column of the data holds it?", "Example: false_alarms", "short"),
        Question("secondary", "name", "What is it called?", "In plain words. Example: false alarms"),
        Question(
            "secondary",
            "measure",
            "What kind of figure is it?",
            shape="choose",
            choices=(
                ("", "Choose", ""),
                ("proportion", "Yes or no, written 1 or 0 in the data", ""),
                ("mean", "An amount", ""),
                ("count", "A number of events", ""),
            ),
        ),
        Question(
            "secondary",
            "better",
            "Which way is better?",
            shape="choose",
            choices=(("", "Choose", ""), ("higher", "Higher is better", ""), ("lower", "Lower is better", "")),
        ),
        Question(
            "secondary",
            "worth_having",
            "What is the smallest improvement worth having?",
            "If there is one. A share: five percentage points are 0.05 (or write 5%).",
            "short",
        ),
        Question("secondary", "unit", "Its unit, in words", "Example: days", "short"),
        Question("secondary", "definition", "What exactly is counted, and when?"),
        Question("secondary", "denominator", "Of whom, or over what?", "Example: all homes visited"),
        Question("secondary", "source", "Where do the figures come from?", "Example: alarm test at day 90"),
        Question("secondary", "owner", "Which office answers for them?", "Example: fire service"),
    ),
    repeated="Outcome",
)
