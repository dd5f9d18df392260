"""Statements that people vote on, and what moderators made of them."""

from dataclasses import dataclass

LEFT_OUT = -1
"""The mark of a statement that moderators took out; 0: nobody looked yet, 1: accepted."""


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement. `moderated`: -1 left out, 0 not looked at, 1 accepted.

    `is_meta`: about the participants or the talk itself. `is_seed`: written by those who opened the conversation.
    `at_ms`: when it was written, milliseconds since 1970 (None: not told).
    """

    id: str
    text: str = ""
    moderated: int = 0
    is_meta: bool = False
    is_seed: bool = False
    author: str = ""
    at_ms: int | None = None

    @property
    def left_out(self) -> bool:
        """Whether moderators took it out, so that no figure may use it."""
        return self.moderated == LEFT_OUT
