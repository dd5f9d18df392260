"""Where operations are entered: whatever can be read can also be asked for its head alone."""

from collections.abc import Callable
from typing import Any

from ninja import Router


class HeadToo(Router):
    """A router whose GET operations answer HEAD as well, which the description leaves unsaid.

    The answer is that of GET; the server leaves out its body. Source: RFC 9110 section 9.3.2.
    """

    def add_api_operation(
        self,
        path: str,
        methods: list[str],
        view_func: Callable[..., Any],
        **options: Any,  # Any: as ninja's
    ) -> None:
        """Enter an operation; one that reads, under HEAD too."""
        super().add_api_operation(path, methods, view_func, **options)
        if "GET" in methods:
            super().add_api_operation(path, ["HEAD"], view_func, **{**options, "include_in_schema": False})
