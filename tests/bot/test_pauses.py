"""The pauses of the process: what was built is not looked through again, what comes later is collected."""

import subprocess
import sys

_PROCESS = """
import gc, weakref
from bot.pauses import shorten_pauses

class Thing:
    pass

def circle():
    one = Thing()
    one.itself = one
    return weakref.ref(one)

kept = [Thing() for _ in range(1000)]
shorten_pauses()
assert not any(isinstance(one, Thing) for one in gc.get_objects()), "what was built is looked through"
later = circle()
assert later() is not None
gc.collect()
assert later() is None, "garbage that came later stays"
assert gc.isenabled()
"""


def test_what_was_built_is_left_alone_and_later_garbage_is_collected() -> None:
    """In a process of its own: what is frozen stays so."""
    subprocess.run([sys.executable, "-c", _PROCESS], check=True, timeout=60)
