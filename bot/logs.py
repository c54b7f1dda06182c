"""The log on standard error. It never holds a token, a request's body, or what a person typed, at no level.

- Other people's libraries quote what they were given: Bolt whole requests, slack_sdk whole answers. They
  speak from INFO on, whatever the level, and without the parts they quote.
- An exception's own text may quote a row or a body: a trace shows where it happened and what kind it was.
  Our own code writes the reason of an expected failure into the sentence itself.
"""

import logging
import re
import sys
import traceback
from types import TracebackType
from typing import Final, TextIO

_OURS: Final = ("clearance", "bot", "policy", "storage")
# From the first bracket to the last one, or from the first colon to the end.
_QUOTED: Final = re.compile(r"\s*[(\[{].*[)\]}]|: .*|\s*[(\[{].*", re.DOTALL)

ExcInfo = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


class Discreet(logging.Formatter):
    """Writes our own records as they are, those of others without what they quote, and traces bare."""

    def format(self, record: logging.LogRecord) -> str:
        """One record; `record` itself stays as it is, for other handlers."""
        # Another handler may have kept the whole trace in exc_text.
        written = logging.makeLogRecord(vars(record) | {"exc_text": None, "stack_info": None})
        if not _ours(record):
            said = record.getMessage().partition("\n")[0]
            written.msg, written.args = _QUOTED.sub(" (…)", said), None
        return super().format(written)

    def formatException(self, ei: ExcInfo) -> str:
        """Where the exception and its causes came from and of what kind they are, first cause first."""
        lines: list[str] = []
        error = ei[1]
        while error is not None:
            frames = "".join(traceback.format_tb(error.__traceback__))
            lines.insert(0, f"{frames}{type(error).__name__}")
            error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
        return "\nwhich led to\n".join(lines)


def log_to_stderr(level: str, stream: TextIO | None = None) -> logging.Handler:
    """Let the root logger write to standard error from `level` on; returns its handler."""
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(Discreet("%(asctime)s %(levelname)s %(name)s: %(message)s", datefmt="%H:%M:%S"))
    handler.addFilter(lambda record: _ours(record) or record.levelno >= logging.INFO)
    logging.root.addHandler(handler)
    logging.root.setLevel(level)
    return handler


def _ours(record: logging.LogRecord) -> bool:
    return record.name.partition(".")[0] in _OURS
