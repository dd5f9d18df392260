"""The gate: the locked rule against what was found; override only in public; the portfolio of pilots."""
