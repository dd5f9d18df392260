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
                (
                    "What is adjusted for is held against what chance deals, whole clusters at a time (baseline"
                    " balance); with few clusters all ways to deal them are gone through (randomisation test)."
                ),
            ),
            (
                "Those lost do not differ between arms.",
                "The shares lost are compared (differential attrition); if they differ, Lee's bounds follow.",
            ),
            ("Clusters do not reach into each other.", "Data cannot tell: keep treated and comparison clusters apart."),
        ),
        estimator="The difference of the two averages, plain or adjusted for baseline columns (Lin); of pairs, the mean"
        " of their differences, weighed by their sizes.",
        uncertainty="Standard errors by cluster, corrected for few of them (CR2), with Satterthwaite degrees of"
        " freedom; of pairs, how far these differ. Where an arm holds fewer than twelve clusters, the randomisation"
        " test and the wild cluster bootstrap stand beside it.",
        sources=(
            "Bell & McCaffrey (2002), Survey Methodology 28(2)",
            "Pustejovsky & Tipton (2018), Journal of Business & Economic Statistics 36(4)",
            "MacKinnon, Nielsen & Webb (2023), Journal of Econometrics 232",
            "Imai, King & Nall (2009), Statistical Science 24(1)",
            "Lee (2009), Review of Economic Studies 76(3)",
            "Hansen & Bowers (2008), Statistical Science 23(2)",
        ),
        instead="With fewer than six clusters an arm, let all of them have it one after another (stepped wedge).",
    ),
)
