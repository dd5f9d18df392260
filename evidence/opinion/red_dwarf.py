"""Run in `.venv-oracles`, never in a process of ours: what red-dwarf makes of a conversation.

Reads from standard input {"cases": [{"voter": […], "statement": […], "value": […], "left_out": […], "seed": 0}, …]},
last votes alone and ids that are whole numbers, as red-dwarf needs them. Prints one list with, for each case, people,
their places and groups (null: in none), statements with their figures, and the statements chosen for groups and all.
"""

import json
import sys
import warnings

warnings.filterwarnings("ignore")

from reddwarf.implementations.polis import run_pipeline  # noqa: E402  after the filter

FIGURES = {"extremity": "extremity", "priority": "priority", "consensus": "group-aware-consensus-agree"}


def mapped(case: dict) -> dict:
    """Return red-dwarf's figures of one conversation."""
    columns = zip(case["voter"], case["statement"], case["value"], strict=True)
    votes = [{"participant_id": one, "statement_id": other, "vote": value} for one, other, value in columns]
    found = run_pipeline(votes=votes, mod_out_statement_ids=case["left_out"], random_state=case["seed"])
    people, statements = found.participants_df, found.statements_df
    return {
        "voter": people.index.tolist(),
        "position": people[["x", "y"]].to_numpy().tolist(),
        "group": [None if one < 0 else int(one) for one in people["cluster_id"].fillna(-1)],
        "statement": statements.index.tolist(),
        "figures": {name: statements[column].astype(float).tolist() for name, column in FIGURES.items()},
        "representative": {str(group): chosen for group, chosen in found.repness.items()},
        "majority": found.consensus,
    }


def main() -> None:
    """Answer every case."""
    print(json.dumps([mapped(case) for case in json.load(sys.stdin)["cases"]], default=float))


if __name__ == "__main__":
    main()
