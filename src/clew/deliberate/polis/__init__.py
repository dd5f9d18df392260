"""Polis' own formulas as they stand today, started cold: what `clew map --method polis` computes."""
