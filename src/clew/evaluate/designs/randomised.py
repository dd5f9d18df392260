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
                "Arm sizes are held against the registered share (sample-ratio mismatch).",
            ),
            ("Those lost do not differ between arms.", "The shares lost are compared (differential attrition)."),
            (
                "A unit's outcome does not depend on others' arms.",
                "Data cannot tell: where neighbours matter, deal whole clusters.",
            ),
        ),
        estimator="The difference of the two averages: plain, adjusted for baseline columns with interactions (Lin), or"
        " within blocks.",
        uncertainty="Standard errors that allow unequal spread (HC2), by cluster (CR2) where clusters are named.",
        sources=(
            "Lin (2013), Annals of Applied Statistics 7(1)",
            "Imbens & Rubin (2015), Causal Inference for Statistics, Social, and Biomedical Sciences",
        ),
        instead="Where units cannot be dealt one by one, deal clusters; where nothing can be dealt, compare places over"
        " time (difference-in-differences).",
    ),
)
