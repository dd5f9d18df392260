"""The [design] table resolved: what its kind needs and offers, and the defaults of the kind filled in."""

from difflib import get_close_matches
from typing import Any, Protocol  # Any: values of TOML that readers have already read

from clew.pilot.keys import BY_NAME, KINDS, NOT_BUILT_KINDS, Kind
from clew.pilot.protocol import Design

Values = dict[str, Any]
BY_CLUSTER = ("cr2", "cr1")


class Objector(Protocol):
    """Takes note of a mistake at a key, with its remedy."""

    def object_to(self, path: tuple[str | int, ...], what: str, do: str) -> None:
        """Note one mistake."""
        ...


def is_not_built(found: Values) -> bool:
    """Tell whether a [design] names a kind that clew knows of but has not built: its keys are then not judged."""
    return found.get("kind") in NOT_BUILT_KINDS


def resolve(found: Values, outcome: Values, reading: Objector) -> Design | None:
    """Return the design with the defaults of its kind, or None where it has mistakes, which `reading` has noted."""
    name = found.get("kind")
    if name not in KINDS:
        _object_to_kind(name, reading)
        return None
    kind = KINDS[name]
    objections = [
        *_lacks(found, kind),
        *_disagreements(found),
        *_offer(found, name, kind),
        *_block_weighted(found, adjusts=bool(outcome.get("adjust_for"))),
    ]
    for key, what, do in objections:
        reading.object_to(("design", key), what, do)
    return None if objections else _design(found, outcome, kind)


def default_estimator(kind: str, *, blocked: bool, adjusts: bool) -> str:
    """Return the estimator that a design uses where the protocol names none.

    Blocks that were randomised within must be analysed as such; covariates call for Lin's adjustment, which takes
    blocks along, but not where few clusters would pay for it with their degrees of freedom.
    """
    if kind == "cluster-randomised":
        return "difference"
    if adjusts:
        return "lin"
    return "block-weighted" if blocked else "difference"


def default_errors(kind: Kind, *, clustered: bool) -> str:
    """Return the standard errors that a design uses where the protocol names none: named clusters are counted by.

    Units randomised one by one within clusters (villages, schools) still resemble their neighbours.
    """
    return BY_CLUSTER[0] if clustered else kind.standard_errors[0]


def _object_to_kind(name: str | None, reading: Objector) -> None:
    built = f"Built: {', '.join(KINDS)}."
    if name is None:
        return  # its absence or form has been noted where it was read
    if name in NOT_BUILT_KINDS:
        reading.object_to(("design", "kind"), f'the kind "{name}" is not built yet.', built)
        return
    near = get_close_matches(name, [*KINDS, *NOT_BUILT_KINDS], n=1)
    hint = f'Did you mean "{near[0]}"? {built}' if near else built
    reading.object_to(("design", "kind"), f'there is no kind "{name}".', hint)


Objection = tuple[str, str, str]


def _lacks(found: Values, kind: Kind) -> list[Objection]:
    form = {key.name: key.reader.form for key in BY_NAME["design"].keys}
    name = found["kind"]
    return [
        (key, f"a {name} design lacks `{key}`.", f"Add {key} = … ({form[key]}).")
        for key in kind.needs
        if key not in found
    ]


def _disagreements(found: Values) -> list[Objection]:
    objections: list[Objection] = []
    if "pair" in found and "block" in found:
        objections.append(("pair", "`pair` is another word for `block`; both are given.", "Keep one of them."))
    if len(found.get("fixed_effects", ())) > 1:
        objections.append(("fixed_effects", "more than one column is not built yet.", "Name one column."))
    if found.get("standard_errors") in BY_CLUSTER and "cluster" not in found:
        what = f'standard_errors = "{found["standard_errors"]}" needs clusters, and none are named.'
        objections.append(("standard_errors", what, "Add cluster = …, or name errors of single units."))
    arms = [found.get("comparison"), found.get("treated"), *found.get("other_arms", ())]
    named = [arm for arm in arms if arm is not None]
    if len(set(named)) < len(named):
        objections.append(("comparison", "two arms bear the same value.", "Give each arm its own value of `arm`."))
    if found.get("other_arms") and "treated" not in found:
        objections.append(("other_arms", "other arms are named, but not the treated one.", "Add treated = …."))
    return objections


def _offer(found: Values, name: str, kind: Kind) -> list[Objection]:
    objections = []
    for key, offered in (("estimator", kind.estimators), ("standard_errors", kind.standard_errors)):
        if key in found and found[key] not in offered:
            what = f'a {name} design does not offer {key} = "{found[key]}".'
            objections.append((key, what, f"It offers: {', '.join(offered)}."))
    return objections


def _block_weighted(found: Values, *, adjusts: bool) -> list[Objection]:
    if found.get("estimator") != "block-weighted":
        return []
    if not _block(found):
        return [("estimator", "block-weighted needs blocks.", "Add block = …, or name another estimator.")]
    if adjusts:
        return [("estimator", "block-weighted takes no adjust_for.", 'Write estimator = "lin", or adjust for nothing.')]
    return []


def _block(found: Values) -> str | None:
    return found.get("block", found.get("pair"))


def _design(found: Values, outcome: Values, kind: Kind) -> Design:
    resolved: Values = {key: value for key, value in found.items() if key != "pair"}
    resolved["block"] = _block(found)
    blocked, adjusts = _block(found) is not None, bool(outcome.get("adjust_for"))
    resolved.setdefault("estimator", default_estimator(found["kind"], blocked=blocked, adjusts=adjusts))
    resolved.setdefault("standard_errors", default_errors(kind, clustered="cluster" in found))
    return Design(**resolved)
