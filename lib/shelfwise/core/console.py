"""Where commands print to. It imports nothing of Spark, so that what is missing can be said where Spark is what is missing."""

import sys
from typing import Any

from rich.console import Console
from rich.markup import escape


def screen(stream: Any = None) -> Console:
    """A console that does not fold lines where its output goes to a file or a pipe."""
    stream = stream or sys.stdout
    # ':b:' in a path is no picture
    return Console(file=stream, highlight=False, emoji=False, width=None if stream.isatty() else 160)


def complain(text: str) -> None:
    """One red line, whatever the width."""
    screen(sys.stderr).print(f"[red]shelfwise: {escape(text)}[/]", soft_wrap=True)
