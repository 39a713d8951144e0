"""Answers that are kept for the last few that asked: what a log size gave, it always gives.

Who may read: nobody by this; the key of what is kept names the viewer, and its register.
"""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Event, Lock
from typing import Generic, TypeVar

T = TypeVar("T")


class Kept(Generic[T]):
    """The answers asked for last, at most so many; they are shared by all who ask, so nobody changes one."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._answers: OrderedDict[Hashable, T] = OrderedDict()
        self._in_work: dict[Hashable, Event] = {}
        self._lock = Lock()

    def get(self, key: Hashable, make: Callable[[], T]) -> T:
        """Return what is kept under a key, made where there is nothing: once, while others who ask for it wait.

        Whoever asks for another key waits for nobody. Where it could not be made, the next one tries.
        """
        while True:
            with self._lock:
                if key in self._answers:
                    self._answers.move_to_end(key)
                    return self._answers[key]
                done = self._in_work.get(key)
                if done is None:
                    done = self._in_work[key] = Event()
                    break
            done.wait()
        try:
            made = make()
            self.put(key, made)
            return made
        finally:
            with self._lock:
                del self._in_work[key]
            done.set()

    def has(self, key: Hashable) -> bool:
        """Tell whether an answer is kept under a key."""
        with self._lock:
            return key in self._answers

    def peek(self, key: Hashable) -> T | None:
        """Return what is kept under a key, None where there is nothing."""
        with self._lock:
            return self._answers.get(key)

    def put(self, key: Hashable, answer: T) -> None:
        """Keep an answer that was made elsewhere."""
        with self._lock:
            self._keep(key, answer)

    def clear(self) -> None:
        """Forget all of them."""
        with self._lock:
            self._answers.clear()

    def _keep(self, key: Hashable, answer: T) -> None:
        self._answers[key] = answer
        self._answers.move_to_end(key)
        while len(self._answers) > self._most:
            self._answers.popitem(last=False)
