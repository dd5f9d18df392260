"""Identifiers in addresses: what is none never reaches a view."""


class CaseId:
    """A case's identifier, as `clew.case.desk.IDENTIFIER` has it."""

    regex = "[A-Za-z0-9][A-Za-z0-9._-]{0,79}"

    def to_python(self, value: str) -> str:
        """Return it as it stands."""
        return value

    def to_url(self, value: str) -> str:
        """Return it as it stands."""
        return value


class PilotId(CaseId):
    """A pilot's identifier, as the protocol has it."""

    regex = "[A-Za-z0-9][A-Za-z0-9-]{0,79}"
