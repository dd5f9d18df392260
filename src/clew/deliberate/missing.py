"""Who is missing from a conversation."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Missing:
    """Who took part against who could have, as far as people declared it."""
