"""Patterns of voting that deserve a look: never an accusation, always the result without them beside the result."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Integrity:
    """Patterns found, and what the map says without those who are part of them."""
