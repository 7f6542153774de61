"""When Python looks for garbage: hardly while a process loads, little at a time once it serves.

Nothing of a process goes on while Python looks: over 200,000 objects that took a tenth to a quarter
of a second of the CPU, in which no payment of that process moved.
"""

import atexit
import gc

# Python's own is after each 700 new objects. Loading our code makes two million that stay: a fifth
# of the CPU went into looking at them again and again.
_WHILE_LOADING = (200_000, 20, 50)
# Some milliseconds at a time. A payment leaves about fifty objects that name each other in a ring.
_WHILE_SERVING = (20_000, 20, 50)


def load() -> None:
    """From the process's first line on."""
    gc.set_threshold(*_WHILE_LOADING)
    # Python looks once more when a process ends, for a second of CPU. The system takes all of it.
    atexit.register(gc.freeze)


def serve() -> None:
    """What is loaded by now stays, and is never looked at again."""
    gc.freeze()
    gc.set_threshold(*_WHILE_SERVING)
