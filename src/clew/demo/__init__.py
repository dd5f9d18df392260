"""`clew demo`: three pilots through the real code, two of them with real data.

`data` brings the rows, `stories` say what happens in which order, `workspace` builds the folder and finds it again,
`command` speaks.
"""

from clew.demo.command import demo

__all__ = ["demo"]
