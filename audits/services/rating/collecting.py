"""The collector of unreachable objects, told to wait while many small ones are made that hold no circles."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def collector_waiting() -> Iterator[None]:
    """Nothing is looked through for circles meanwhile; reference counting goes on.

    Rating a thousand branches makes a million tuples and fractions that live until its end. Looking through all of them
    again and again took almost half of the time.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
