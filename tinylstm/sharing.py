"""What two threads may not do at once with one object: it refuses by name, and no number is wrong.

A layer keeps its last forward pass for the backward pass, and a model the gradients of its last
batch. Two threads that train one model would mix them up in silence.
"""

import functools
from collections.abc import Callable
from threading import get_ident
from typing import Any, TypeVar, cast

Method = TypeVar("Method", bound=Callable[..., Any])


class Turn:
    """Which thread is at work on an object. A copy of it, or a pickled one, is free."""

    def __init__(self) -> None:
        self.taken: dict[str, int] = {}  # by=thread; `setdefault` is one step among all threads

    def __reduce__(self) -> tuple[type["Turn"], tuple[()]]:
        return Turn, ()


def one_thread(method: Method) -> Method:
    """Let a method of an object that has a `turn` run in one thread at a time.

    A thread that comes meanwhile gets a RuntimeError. The same thread may come again, from inside
    or after an interrupt, so that no Ctrl-C can lock an object for good.
    """
    name = method.__name__

    @functools.wraps(method)
    def alone(self: Any, *args: Any, **kwargs: Any) -> Any:
        taken, me = _turn_of(self).taken, get_ident()
        if taken.get("by") == me:
            return method(self, *args, **kwargs)
        try:
            if taken.setdefault("by", me) != me:
                raise RuntimeError(
                    f"{name} runs in another thread on this {type(self).__name__}: predictions may "
                    "be shared between threads, training needs a copy for each"
                )
            return method(self, *args, **kwargs)
        finally:
            if taken.get("by") == me:
                taken.clear()

    return cast(Method, alone)


def _turn_of(thing: Any) -> Turn:
    """The `turn` of an object; one that has none, having skipped its constructor, gets one."""
    turn: Turn = thing.__dict__.get("turn") or thing.__dict__.setdefault("turn", Turn())
    return turn
