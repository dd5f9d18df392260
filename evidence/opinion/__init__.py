"""How the opinion map fares where the truth is known, beside Polis' own formulas, and on real conversations."""
