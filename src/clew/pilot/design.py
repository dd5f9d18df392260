"""The [design] table resolved: what its kind needs and offers, and the defaults of the kind filled in."""

from difflib import get_close_matches
from typing import Any, Protocol  # Any: values of TOML that readers have already read

from clew.pilot.keys import BY_NAME
from clew.pilot.kinds import KINDS, Kind
from clew.pilot.protocol import Design

Values = dict[str, Any]
BY_CLUSTER = ("cr2", "cr1")


class Objector(Protocol):
    """Takes note of a mistake at a key, with its remedy."""

    def object_to(self, path: tuple[str | int, ...], what: str, do: str) -> None:
        """Note one mistake."""
        ...


def resolve(found: Values, outcome: Values, reading: Objector) -> Design | None:
    """Return the design with the defaults of its kind, or None where it has mistakes, which `reading` has noted."""
    name = found.get("kind")
    if name not in KINDS:
        _object_to_kind(name, reading)
        return None
    kind, adjusts = KINDS[name], bool(outcome.get("adjust_for"))
    if adjusts and not kind.adjusts:
        what = f"a {name} design is not adjusted for baseline columns."
        reading.object_to(("outcome", "adjust_for"), what, "Leave it out, or name a kind that takes it.")
    objections = [
        *_lacks(found, kind),
        *_strange(found, kind),
        *_disagreements(found),
        *_offer(found, name, kind),
        *_expected(found),
        *_block_weighted(found, adjusts=adjusts),
        *_matched_pairs(found, adjusts=adjusts),
    ]
    for key, what, do in objections:
        reading.object_to(("design", key), what, do)
    return None if objections else _design(found, outcome, kind)


def default_estimator(kind: str, *, blocked: bool, adjusts: bool, paired: bool = False) -> str:
    """Return the estimator that a design uses where the protocol names none.

    Pairs and blocks that were randomised within must be analysed as such; covariates call for Lin's adjustment, which
    takes blocks along, but not where few clusters (or pairs) would pay for it with their degrees of freedom.
    """
    if kind not in {"randomised", "cluster-randomised"}:
        return KINDS[kind].estimators[0]
    if paired and not adjusts:
        return "matched-pairs"
    if kind == "cluster-randomised" or paired:
        return "difference"
    if adjusts:
        return "lin"
    return "block-weighted" if blocked else "difference"


def default_errors(kind: Kind, *, clustered: bool) -> str:
    """Return the standard errors that a design uses where the protocol names none: named clusters are counted by.

    Units randomised one by one within clusters (villages, schools) still resemble their neighbours.
    """
    by_cluster = clustered and BY_CLUSTER[0] in kind.standard_errors
    return BY_CLUSTER[0] if by_cluster else kind.standard_errors[0]


def _object_to_kind(name: str | None, reading: Objector) -> None:
    if name is None:
        return  # its absence or form has been noted where it was read
    built = f"There are: {', '.join(KINDS)}."
    near = get_close_matches(name, list(KINDS), n=1)
    hint = f'Did you mean "{near[0]}"? {built}' if near else built
    reading.object_to(("design", "kind"), f'there is no kind "{name}".', hint)


Objection = tuple[str, str, str]


def _lacks(found: Values, kind: Kind) -> list[Objection]:
    form = {key.name: key.reader.form for key in BY_NAME["design"].keys}
    if "treated" in kind.needs:  # where no arm is named that it could be a value of
        form["treated"] = "name of a column that holds 1 for treated units and 0 for the others"
    name = found["kind"]
    objections = [
        (key, f"a {name} design lacks `{key}`.", f"Add {key} = … ({form[key]}).")
        for key in kind.needs
        if key not in found
    ]
    for one, other in kind.either:
        if (one in found) == (other in found):
            count = "both" if one in found else "neither"
            what = f"a {name} design names either `{one}` or `{other}`; {count} of them are given."
            objections.append((one, what, f"Keep or add one of them ({form[one]}, {form[other]})."))
    return objections


def _strange(found: Values, kind: Kind) -> list[Objection]:
    """Keys that other kinds have: left in, they would promise what is not done."""
    takes = ", ".join(f"`{key}`" for key in (*kind.needs, *kind.takes))
    return [
        (key, f"a {found['kind']} design has no `{key}`.", f"Remove it. Its keys: {takes}.")
        for key in found
        if key not in kind.known
    ]


def _disagreements(found: Values) -> list[Objection]:
    objections: list[Objection] = []
    if "pair" in found and "block" in found:
        objections.append(("pair", "`pair` is another word for `block`; both are given.", "Keep one of them."))
    if len(found.get("fixed_effects", ())) > 1:
        objections.append(("fixed_effects", "more than one column is not built yet.", "Name one column."))
    clustered = "cluster" in found or found.get("kind") == "difference-in-differences"  # whose units are clusters
    if found.get("standard_errors") in BY_CLUSTER and not clustered:
        what = f'standard_errors = "{found["standard_errors"]}" needs clusters, and none are named.'
        objections.append(("standard_errors", what, "Add cluster = …, or name errors of single units."))
    if found.get("kind") == "rare-events" and "arm" in found and "comparison" not in found:
        objections.append(("comparison", "`arm` is named without `comparison`.", "Add comparison = … (its value)."))
    if found.get("estimator") == "structural" and found.get("impact_model") == "level and slope":
        what = "a structural series steps from level to level and has no slope that an interruption could bend."
        objections.append(("impact_model", what, 'Write "level", or estimator = "segmented".'))
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


def _expected(found: Values) -> list[Objection]:
    if found.get("estimator") != "observed-minus-expected" or "expected" in found:
        return []
    do = "Add expected = … (their column) in place of `exposure`."
    return [("estimator", "observed-minus-expected needs the numbers expected.", do)]


def _block_weighted(found: Values, *, adjusts: bool) -> list[Objection]:
    if found.get("estimator") != "block-weighted":
        return []
    if not _block(found):
        return [("estimator", "block-weighted needs blocks.", "Add block = …, or name another estimator.")]
    if adjusts:
        return [("estimator", "block-weighted takes no adjust_for.", 'Write estimator = "lin", or adjust for nothing.')]
    return []


def _matched_pairs(found: Values, *, adjusts: bool) -> list[Objection]:
    errors = found.get("standard_errors")
    if _estimator(found, adjusts=adjusts) != "matched-pairs":
        do = 'Write estimator = "matched-pairs", or name other errors.'
        return [("standard_errors", "errors by pairs belong to matched-pairs.", do)] if errors == "pairs" else []
    if "pair" not in found:
        return [("estimator", "matched-pairs needs pairs.", "Add pair = …, or name another estimator.")]
    if adjusts:
        do = 'Write estimator = "difference", or adjust for nothing.'
        return [("estimator", "matched-pairs takes no adjust_for.", do)]
    if errors not in {None, "pairs"}:
        what = f'matched-pairs takes its uncertainty from the pairs, not from standard_errors = "{errors}".'
        return [("standard_errors", what, 'Leave it out, or write estimator = "difference".')]
    return []


def _estimator(found: Values, *, adjusts: bool) -> str:
    """The estimator named, else the default; where other errors than those by pairs are named, pairs are blocks."""
    paired = "pair" in found and found.get("standard_errors") in {None, "pairs"}
    default = default_estimator(found["kind"], blocked=_block(found) is not None, adjusts=adjusts, paired=paired)
    return str(found.get("estimator", default))


def _block(found: Values) -> str | None:
    return found.get("block", found.get("pair"))


def _design(found: Values, outcome: Values, kind: Kind) -> Design:
    resolved: Values = {key: value for key, value in found.items() if key not in {"pair", "from"}}
    resolved |= {"block": _block(found), "paired": "pair" in found, "starts": found.get("from", ())}
    resolved["estimator"] = _estimator(found, adjusts=bool(outcome.get("adjust_for")))
    errors = default_errors(kind, clustered="cluster" in found)
    resolved.setdefault("standard_errors", "pairs" if resolved["estimator"] == "matched-pairs" else errors)
    return Design(**resolved)
