"""Whole clusters (schools, districts) dealt to arms by chance."""

from clew.evaluate.designs import arms
from clew.evaluate.designs.method import About, Method
from clew.evaluate.estimate import estimate
from clew.evaluate.simulate import draw

METHOD = Method(
    kind="cluster-randomised",
    layout=arms.layout,
    check=arms.check,
    estimate=estimate,
    beside=arms.beside,
    sides=arms.sides,
    draw=draw,
    basis=arms.basis,
    within=arms.within,
    about=About(
        title="Cluster-randomised trial",
        question="Does it work, where a lot decides for whole schools, districts or teams?",
        needs=("one row a unit, with its cluster, the arm the cluster was dealt to, and its outcome",),
        assumes=(
            (
                "Chance alone dealt the clusters.",
                "With few clusters all ways to deal them are gone through (randomisation test).",
            ),
            (
                "Those lost do not differ between arms.",
                "The shares lost are compared over clusters (differential attrition).",
            ),
            ("Clusters do not reach into each other.", "Data cannot tell: keep treated and comparison clusters apart."),
        ),
        estimator="The difference of the two averages, plain or adjusted for baseline columns (Lin).",
        uncertainty="Standard errors by cluster, corrected for few of them (CR2), with Satterthwaite degrees of"
        " freedom; beside it the randomisation test where an arm holds fewer than twelve clusters.",
        sources=(
            "Bell & McCaffrey (2002), Survey Methodology 28(2)",
            "Pustejovsky & Tipton (2018), Journal of Business & Economic Statistics 36(4)",
        ),
        instead="With fewer than six clusters an arm, let all of them have it one after another (stepped wedge).",
    ),
)
