"""Which designs and sizes are tried out for docs/reference/coverage.md, as small protocols."""

from dataclasses import dataclass

HEAD = """\
[pilot]
id = "tried-out"
title = "Made-up pilots"
hypothesis = "None."
existing_data = "none"
synthetic = true

[population]
unit = "unit"
eligible = "made up"
"""
MEAN = """
[outcome]
column = "y"
measure = "mean"
better = "higher"
worth_having = 0.5
"""
SHARE = MEAN.replace('"mean"', '"proportion"').replace("0.5", "0.1")
COUNT = MEAN.replace('"mean"', '"count"').replace('"higher"', '"lower"').replace("0.5", "{effect}")


@dataclass(frozen=True, slots=True)
class Cell:
    """One size of one design. `says`: the size in words; `how`: estimator and standard errors; `trials`: made-up pilots
    in each of two worlds, with the effect and without."""

    kind: str
    says: str
    how: str
    protocol: str
    trials: int = 1000


TRIALS = {
    "cluster-period-means, permutation": 500,
    "callaway-santanna, influence": 800,
    "local-linear, robust-bias-corrected": 1200,
    "simplex-weights, placebo": 1200,
    "synthetic-difference-in-differences, placebo": 400,
    "segmented, hac": 800,
    "structural": 200,
}
"""How many pilots are made up where one takes long; 1,000 elsewhere."""


def _cell(kind: str, says: str, design: str, size: str, how: str, outcome: str = MEAN) -> Cell:
    text = f'{HEAD}\n[design]\nkind = "{kind}"\n{design}\n{outcome}\n[size]\n{size}\n'
    return Cell(kind, says, how, text, TRIALS.get(how, 1000))


ARMS = 'arm = "arm"\ncomparison = "0"\n'
CLUSTERS = f'{ARMS}cluster = "cluster"\n'
WEDGE = 'cluster = "cluster"\nperiod = "period"\ntreated_from = "start"\n'
ROLLOUT = 'unit = "unit"\nperiod = "period"\ntreated_from = "start"\n'
TWICE = 'unit = "unit"\nperiod = "period"\ntreated = "treated"\nfrom = "5"\n'
JUMP = 'running = "score"\ncutoff = 50\ntreated_side = "above"\n'
ONE = 'unit = "unit"\nperiod = "period"\ntreated_unit = "A"\nfrom = "11"\n'
SERIES = 'period = "period"\nfrom = "{start}"\n'
OFFER = f'{ARMS}received = "took"\n'


def _randomised() -> list[Cell]:
    kind, adjusted = "randomised", MEAN + 'adjust_for = ["x"]\n'
    return [
        *(_cell(kind, f"{n} units, mean", ARMS, f"units = {n}\nsd = 1", "difference, hc2") for n in (12, 40, 200)),
        _cell(kind, "40 units, share of 10 %", ARMS, "units = 40\nbaseline = 0.1", "difference, hc2", SHARE),
        _cell(kind, "400 units, share of 10 %", ARMS, "units = 400\nbaseline = 0.1", "difference, hc2", SHARE),
        _cell(kind, "20 units, one baseline column", ARMS, "units = 20\nsd = 1\nr2 = 0.5", "lin, hc2", adjusted),
        _cell(kind, "100 units, one baseline column", ARMS, "units = 100\nsd = 1\nr2 = 0.5", "lin, hc2", adjusted),
        _cell(kind, "40 units in 4 blocks", ARMS + 'block = "block"\n', "units = 40\nsd = 1", "block-weighted, hc2"),
    ]


def _clusters() -> list[Cell]:
    kind = "cluster-randomised"
    size = "units = {units}\nclusters = {n}\nicc = 0.05\nsd = 1"
    few = [
        _cell(
            kind,
            f"{n} clusters of about 30, sizes uneven",
            CLUSTERS + f'standard_errors = "{errors}"\n',
            size.format(units=30 * n, n=n),
            f"difference, {errors}",
        )
        for n in (6, 10, 20, 40)
        for errors in ("cr2", "cr1")
    ]
    share = _cell(
        kind,
        "12 clusters of about 30, share of 10 %",
        CLUSTERS,
        "units = 360\nclusters = 12\nicc = 0.05\nbaseline = 0.1",
        "difference, cr2",
        SHARE,
    )
    uneven = _cell(
        kind,
        "12 clusters, a quarter treated",
        CLUSTERS,
        "units = 360\nclusters = 12\nicc = 0.05\nsd = 1\ntreated_share = 0.25",
        "difference, cr2",
    )
    return [*few, share, uneven]


def _panels() -> list[Cell]:
    wedge = [
        _cell(
            "stepped-wedge",
            f"{n} clusters of about 60 in 5 periods",
            WEDGE,
            f"units = {60 * n}\nclusters = {n}\nicc = 0.05\nsd = 1\nperiods = 5",
            "cluster-period-means, permutation",
        )
        for n in (6, 12, 24)
    ]
    wedge.append(
        _cell(
            "stepped-wedge",
            "12 clusters of about 60 in 3 blocks and 5 periods, one baseline column",
            WEDGE + 'block = "block"\n',
            "units = 720\nclusters = 12\nicc = 0.05\nsd = 1\nperiods = 5\nr2 = 0.5",
            "cluster-period-means, permutation",
            MEAN + 'adjust_for = ["x"]\n',
        )
    )
    rollout = [
        _cell("random-rollout", f"{n} units, 8 periods", ROLLOUT, f"units = {n}\nsd = 1", "roth-santanna, neyman")
        for n in (40, 100, 400)
    ]
    twice = [
        _cell(
            "difference-in-differences",
            f"{n} units, 8 periods, serial correlation .5",
            TWICE + f'standard_errors = "{errors}"\n',
            f"units = {n}\nsd = 1",
            f"two-by-two, {errors}",
        )
        for n in (6, 10, 20, 60)
        for errors in ("cr2", "cr1")
    ]
    staggered = [
        _cell(
            "staggered-difference-in-differences",
            f"{n} units, 8 periods, serial correlation .5",
            ROLLOUT,
            f"units = {n}\nsd = 1",
            "callaway-santanna, influence",
        )
        for n in (20, 40, 100, 400)
    ]
    return [*wedge, *rollout, *twice, *staggered]


def _jumps() -> list[Cell]:
    kind = "regression-discontinuity"
    plain = JUMP + 'standard_errors = "hc1"\nbandwidth = 15\n'
    return [
        *(
            _cell(kind, f"{n:,} units", JUMP, f"units = {n}\nsd = 1", "local-linear, robust-bias-corrected")
            for n in (200, 500, 2000)
        ),
        _cell(
            kind,
            "500 units, one baseline column",
            JUMP,
            "units = 500\nsd = 1\nr2 = 0.5",
            "local-linear, robust-bias-corrected",
            MEAN + 'adjust_for = ["x"]\n',
        ),
        _cell(kind, "500 units, a plain regression", plain, "units = 500\nsd = 1", "local-linear, hc1"),
    ]


def _one_unit() -> list[Cell]:
    size = "units = {n}\nsd = 1\nperiods = 20\nperiods_before = 10"
    return [
        *(
            _cell("synthetic-control", f"{n - 1} donors, 10 periods before", ONE, size.format(n=n),
                  "simplex-weights, placebo")
            for n in (20, 40)
        ),
        *(
            _cell("synthetic-difference-in-differences", f"{n - 1} donors, 10 periods before", ONE, size.format(n=n),
                  "synthetic-difference-in-differences, placebo")
            for n in (10, 20, 40)
        ),
    ]  # fmt: skip


def _series() -> list[Cell]:
    kind = "interrupted-time-series"
    found = []
    for periods, serial in ((16, 0.5), (24, 0.0), (24, 0.5), (48, 0.5), (48, 0.8), (120, 0.5)):
        size = f"sd = 1\nperiods = {periods}\nperiods_before = {periods // 2}\nserial_correlation = {serial}"
        start = SERIES.format(start=periods // 2 + 1)
        says = f"{periods} periods, serial correlation {serial:g}"
        found.append(_cell(kind, says, start, size, "segmented, hac"))
    size = "sd = 1\nperiods = 48\nperiods_before = 24\nserial_correlation = 0.5"
    level = SERIES.format(start=25) + 'impact_model = "level"\n'
    found.append(_cell(kind, "48 periods, serial correlation 0.5, level alone", level, size, "segmented, hac"))
    start = SERIES.format(start=25) + 'estimator = "structural"\n'
    found.append(_cell(kind, "48 periods, serial correlation 0.5", start, size, "structural"))
    return found


def _offers() -> list[Cell]:
    kind, both = "encouragement", 'estimator = "two-stage-least-squares"\n'
    cells = []
    for n, received in ((100, 0.5), (1000, 0.5), (200, 0.1)):
        size = f"units = {n}\nsd = 1\nreceived_share = {received}"
        says = f"{n:,} units, {received:.0%} follow the offer"
        cells.append(_cell(kind, says, OFFER, size, "intention-to-treat, hc2"))
        cells.append(_cell(kind, says, OFFER + both, size, "two-stage-least-squares (Anderson–Rubin), hc2"))
    return cells


def _rare() -> list[Cell]:
    kind = "rare-events"
    arms, against = f'{ARMS}exposure = "years"\n', f'{ARMS}expected = "expected"\n'
    cells = []
    for expected, effect in ((3, 0.02), (10, 0.05), (50, 0.2)):
        size = f"units = 100\nbaseline = {expected / 50}"
        says = f"{expected} events expected on either side"
        cells.append(_cell(kind, says, arms, size, "exact-poisson, exact", COUNT.format(effect=effect)))
    by_name = against + 'estimator = "observed-minus-expected"\n'
    for expected in (3, 20):
        size = f"units = 100\nbaseline = {expected / 50}"
        says, outcome = f"{expected} events expected on the treated side", COUNT.format(effect=expected / 3)
        cells.append(_cell(kind, says, by_name, size, "observed-minus-expected, exact", outcome))
    return cells


CELLS: tuple[Cell, ...] = (
    *_randomised(),
    *_clusters(),
    *_panels(),
    *_jumps(),
    *_one_unit(),
    *_series(),
    *_offers(),
    *_rare(),
)
