"""Units dealt to arms by chance, one by one."""

from clew.evaluate.designs import arms
from clew.evaluate.designs.method import About, Method
from clew.evaluate.estimate import estimate
from clew.evaluate.simulate import draw

METHOD = Method(
    kind="randomised",
    layout=arms.layout,
    check=arms.check,
    estimate=estimate,
    beside=arms.beside,
    sides=arms.sides,
    draw=draw,
    basis=arms.basis,
    within=arms.within,
    about=About(
        title="Randomised trial",
        question="Does it work, where a lot decides for each unit whether it gets the new service?",
        needs=("one row a unit, with the arm it was dealt to and its outcome (empty where it was lost)",),
        assumes=(
            (
                "Chance alone dealt the arms.",
                (
                    "Arm sizes are held against the registered share (sample-ratio mismatch); what is adjusted for is"
                    " held against what chance deals (baseline balance)."
                ),
            ),
            (
                "Those lost do not differ between arms.",
                "The shares lost are compared (differential attrition); if they differ, Lee's bounds follow.",
            ),
            (
                "A unit's outcome does not depend on others' arms.",
                "Data cannot tell: where neighbours matter, deal whole clusters.",
            ),
        ),
        estimator="The difference of the two averages: plain, adjusted for baseline columns with interactions (Lin), or"
        " within blocks or pairs.",
        uncertainty="Standard errors that allow unequal spread (HC2), by cluster (CR2) where clusters are named; of"
        " pairs, how far their differences differ (the paired t).",
        sources=(
            "Lin (2013), Annals of Applied Statistics 7(1)",
            "Hansen & Bowers (2008), Statistical Science 23(2)",
            "Imbens & Rubin (2015), Causal Inference for Statistics, Social, and Biomedical Sciences",
            "Imai, King & Nall (2009), Statistical Science 24(1)",
            "Lee (2009), Review of Economic Studies 76(3)",
        ),
        instead="Where units cannot be dealt one by one, deal clusters; where nothing can be dealt, compare places over"
        " time (difference-in-differences).",
    ),
)
