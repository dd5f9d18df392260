"""An offer (a letter, a call, a place) dealt by chance, which some take up and some do not."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from math import inf, isinf
from typing import Final

import numpy as np
from scipy.special import stdtr

from clew.evaluate.arms import Arms
from clew.evaluate.blocks import Effect
from clew.evaluate.compliers import Compliance, compliance
from clew.evaluate.designs import arms
from clew.evaluate.designs.arms_balance import baseline_balance, lie_within
from clew.evaluate.designs.method import About, Beside, Method
from clew.evaluate.estimate import RawEstimate, arms_layout, effect_unchecked, estimate, estimation_layout
from clew.evaluate.finding import Further, LookAt, Picture, Point, Screen, Series
from clew.evaluate.instrument import Combined, ConfidenceSet, Instrumented, first_stage, instrumented
from clew.evaluate.looks import critical_value
from clew.evaluate.rows import Layout, Rows, Tally, Within
from clew.evaluate.screens import differential_attrition, sample_ratio_mismatch
from clew.evaluate.simulate import Drawn
from clew.evaluate.simulate import draw as draw_arms
from clew.evaluate.world import Scenario, World
from clew.pilot.protocol import Protocol

WEAK: Final = 10.0
"""An offer is called weak below this effective F.

Source: Staiger & Stock (1997), Instrumental variables regression with weak instruments, Econometrica 65.
"""


def layout(protocol: Protocol) -> Layout:
    """Return which column plays which part. Raises InputError for combinations that are not offered."""
    estimation_layout(_plain(protocol))
    found = arms_layout(protocol)
    return replace(found, shares=found.variables)


def _plain(protocol: Protocol) -> Protocol:
    """The offer as a trial of its own: a difference of arms, baseline columns and blocks beside."""
    return replace(protocol, design=replace(protocol.design, estimator="difference", received=None))


def _received(protocol: Protocol) -> str:
    return protocol.design.received or ""


def _effect_of(protocol: Protocol, within: Within) -> Callable[[Rows], Effect]:
    plain = _plain(protocol)
    return lambda rows: effect_unchecked(plain, rows, within)


def by_offer(protocol: Protocol, rows: Rows, within: Within = ()) -> Instrumented:
    """Return what the offer did, and what receiving does to those whom it moved.

    Raises: InputError where the offer changes nothing in what is received, or an arm cannot be compared.
    """
    return instrumented(_effect_of(protocol, within), rows, _received(protocol))


def effect(protocol: Protocol, rows: Rows, within: Within = ()) -> RawEstimate:
    """Return the effect of the offer, or of receiving where the protocol names two-stage least squares.

    Raises: InputError where the data cannot carry it.
    """
    to_treat = estimate(_plain(protocol), Combined(rows, _received(protocol), 1.0, 0.0), within)
    if protocol.design.estimator == "intention-to-treat":
        if not within:  # refused where as much was received in both arms
            first_stage(_effect_of(protocol, within), rows, _received(protocol))
        return to_treat
    found = by_offer(protocol, rows, within)
    p_value = float(2 * stdtr(found.df, -abs(to_treat.estimate / to_treat.std_error)))  # Anderson–Rubin's, of no effect

    def interval_at(level: float) -> tuple[float, float]:
        return found.anderson_rubin(critical_value(1 - level, found.df)).hull

    of_receiving = replace(to_treat, estimate=found.estimate, std_error=found.std_error)
    return replace(of_receiving, p_value=p_value, interval_at=interval_at)


def beside(protocol: Protocol, rows: Rows, raw: RawEstimate, look: LookAt) -> Beside:
    """Return what the offer did to receiving, what receiving does, who was moved, and how strong the offer was."""
    tally = rows.tally(layout(protocol))
    dealt, found = arms.arms_in(protocol, tally), by_offer(protocol, rows)
    region = found.anderson_rubin(critical_value(look.nominal_p, found.df))
    alike = baseline_balance(protocol, rows, (tally, dealt), lambda other: effect(other, rows), look)
    who = compliance(rows, estimation_layout(_plain(protocol)), dealt, _received(protocol), found.first_stage[0])
    return Beside(
        screens=(_weak(found, region), *_screens_of_arms(protocol, tally, dealt), *alike.screens),
        further=(*_effects(protocol, found, region, look), *_people(who), *alike.further),
        pictures=(_picture(protocol, raw, who, found),),
    )


def _weak(found: Instrumented, region: ConfidenceSet) -> Screen:
    """Ask whether the offer moved enough people to say anything about receiving."""
    f = found.effective_f
    said = f"The offer changed receiving by {found.first_stage[0]:+.1%}"
    said += "; everybody did as dealt" if isinf(f) else f" (effective F = {f:.1f})"
    unbounded = "" if region.shape == "interval" else f" The effect of receiving has no bounds: {_in_words(region)}."
    if f < WEAK:
        said += f": below {WEAK:.0f} the offer is weak. Is the usual interval of receiving to be trusted?"
        return Screen("weak offer", flag=True, statistic=f, why=said + unbounded)
    return Screen("weak offer", flag=bool(unbounded), statistic=None if isinf(f) else f, why=f"{said}.{unbounded}")


def _in_words(region: ConfidenceSet) -> str:
    parts = " or ".join(
        " ".join(
            bound
            for bound in (f"from {low:+.3g}" if low > -inf else "", f"up to {high:+.3g}" if high < inf else "")
            if bound
        )
        or "anything"
        for low, high in region.parts
    )
    return f"{region.shape}, {parts}"


def _screens_of_arms(protocol: Protocol, tally: Tally, dealt: Arms) -> Iterator[Screen]:
    cluster = protocol.design.cluster
    whole = cluster is not None and lie_within(tally, cluster, dealt.column)
    followed = arms.followed(tally, dealt, cluster if whole else None)
    yield differential_attrition(followed, clustered=whole)
    share = arms.registered_treated_share(protocol.text)
    if share is not None and not whole:
        sizes = [sum(part.assigned for part in followed if part.treated is treated) for treated in (True, False)]
        yield sample_ratio_mismatch(sizes[0], sizes[1], share)


def _effects(protocol: Protocol, found: Instrumented, region: ConfidenceSet, look: LookAt) -> Iterator[Further]:
    """The three effects that belong together; the headline among them, so that they can be read side by side."""
    of_receiving = (found.estimate, found.std_error, found.df)
    why = "intention to treat: whoever was made the offer, received or not"
    yield _further("effect of the offer", found.to_treat, look, why)
    why = f"by how much the offer changed {_received(protocol)}"
    yield _further("first stage", found.first_stage, look, why)
    why = f"among those whom the offer moved; Anderson–Rubin: {_in_words(region)}"
    yield replace(_further("effect of receiving", of_receiving, look, why), interval=region.hull)
    why = "two-stage least squares with its usual interval, which a weak offer makes too narrow"
    yield replace(_further("usual interval of receiving", of_receiving, look, why), kind="warning")


def _further(name: str, effect: Effect, look: LookAt, why: str) -> Further:
    value, error, df = effect
    margin = critical_value(look.nominal_p, df) * error
    level, known = round(1 - look.nominal_p, 12), None if isinf(df) else df
    return Further(name, value, error or None, (value - margin, value + margin), level, known, why=why)


def _people(who: Compliance) -> Iterator[Further]:
    for name, share, why in (
        ("compliers", who.compliers, "share whom the offer moves to receive; the effect of receiving is theirs"),
        ("always", who.always, "share that receives without the offer too"),
        ("never", who.never, "share that does not receive even with the offer"),
    ):
        yield Further(name, share, kind="group", why=why)
    for covariate, among_compliers, among_all in who.baseline:
        why = f"average among compliers; {among_all:.3g} among all"
        yield Further(f"{covariate} of compliers", among_compliers, kind="group", why=why)


def _picture(protocol: Protocol, raw: RawEstimate, who: Compliance, found: Instrumented) -> Picture:
    """Outcome against share received, a point an arm: the line's slope is the effect of receiving."""
    received = 1 - who.never, who.always
    ends = zip(received, (raw.mean_treated, raw.mean_comparison), ("offered", "not offered"), strict=True)
    points = tuple(Point(x, y, label=label) for x, y, label in ends)
    adjusted = ", adjusted," if protocol.outcome.adjust_for or protocol.design.fixed_effects else ""
    sentence = (
        f"With the offer {received[0]:.0%} received it, without {received[1]:.0%}; the outcome was"
        f" {raw.mean_treated:.3g} and {raw.mean_comparison:.3g}: {found.estimate:+.3g}{adjusted} for one who receives."
    )
    name = protocol.outcome.name or protocol.outcome.column
    line = (Series("arms", "points", points), Series("slope", "line", points))
    return Picture("received", "Outcome and share that received", sentence, "share received", name, line)


def draw(protocol: Protocol, world: World, scenario: Scenario, rng: np.random.Generator) -> Drawn:
    """Return made-up people of whom the registered share do as offered; only they are changed.

    The same people are made up twice, with and without the effect of receiving, and each keeps the one that is theirs.
    """
    of_offer = protocol.design.estimator == "intention-to-treat"
    received = replace(scenario, effect=scenario.effect / world.received if of_offer else scenario.effect)
    state = rng.bit_generator.state
    without = draw_arms(protocol, world, replace(received, effect=0.0, harmed=None), rng)
    rng.bit_generator.state = state
    with_it = draw_arms(protocol, world, received, rng)
    offered = with_it.columns[protocol.design.arm] != protocol.design.comparison
    takes = offered & (rng.random(len(offered)) < world.received)
    column = protocol.outcome.column
    outcome = np.where(takes, with_it.columns[column], without.columns[column])
    return Drawn({**with_it.columns, column: outcome, _received(protocol): takes.astype(np.float64)}, with_it.rows_at)


METHOD = Method(
    kind="encouragement",
    layout=layout,
    check=arms.check,
    estimate=effect,
    beside=beside,
    sides=arms.sides,
    draw=draw,
    basis=arms.basis,
    about=About(
        title="Encouragement",
        question="Does it work, where nobody can be made to take it, but a lot can decide who is invited?",
        needs=(
            "one row a unit, with the arm it was dealt to, whether it received the service (0 or 1), and its outcome",
        ),
        assumes=(
            (
                "Chance alone dealt the offer.",
                (
                    "Arm sizes are held against the registered share (sample-ratio mismatch); what is adjusted for is"
                    " held against what chance deals (baseline balance)."
                ),
            ),
            ("Those lost do not differ between arms.", "The shares lost are compared (differential attrition)."),
            (
                "The offer changes who receives.",
                "The first stage is tested (weak offer); the interval of receiving holds however weak the offer is.",
            ),
            (
                "The offer works through receiving alone.",
                "Data cannot tell: ask what else it could have changed. The effect of the offer does not need this.",
            ),
            ("Nobody receives because they were not invited.", "Data cannot tell; it is needed for receiving alone."),
        ),
        estimator="The difference between those invited and those not (intention to treat); or, by name, two-stage"
        " least squares: that difference over the difference in the share that received.",
        uncertainty="Standard errors that allow unequal spread (HC2), by cluster (CR2) where clusters are named; for"
        " receiving the Anderson–Rubin set, which may be unbounded where the offer moved few.",
        sources=(
            "Imbens & Angrist (1994), Econometrica 62",
            "Anderson & Rubin (1949), Annals of Mathematical Statistics 20",
            "Andrews, Stock & Sun (2019), Annual Review of Economics 11",
            "Hansen & Bowers (2008), Statistical Science 23(2)",
        ),
        instead="Where the service itself can be dealt, deal it: a randomised trial needs fewer people, by the square"
        " of the share that follows the offer.",
    ),
)
