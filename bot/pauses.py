"""Pauses of the whole process, in which nobody's click is answered: made short once everything is built."""

import gc
from typing import Final

# New objects until the youngest are looked through: 2 ms then, for the garbage of some ten submissions.
# Python's 700 would do it several times in each of them, while all of its objects are still in use.
_YOUNG: Final = 5_000


def shorten_pauses() -> None:
    """Call it once, when the process has built what stays: a full collection would look through it all.

    That is 200,000 objects and takes 150 ms. Nothing of it is garbage; what comes later is collected as ever.
    """
    gc.freeze()
    gc.set_threshold(_YOUNG, *gc.get_threshold()[1:])
