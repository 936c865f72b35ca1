"""A context manager that is a decorator as well, of plain functions and of coroutines.

`contextlib.ContextDecorator` leaves the block as soon as a coroutine function has made its coroutine, before
anything in it ran.
"""

from __future__ import annotations

import inspect
from abc import ABC, abstractmethod
from collections.abc import Callable
from types import TracebackType
from typing import Any, ParamSpec, Self, TypeVar

import wrapt

__all__ = ["Decorator"]

P = ParamSpec("P")
R = TypeVar("R")


class Decorator(ABC):
    """The base of `watch` and `ignore`: `with`, `async with` and `@`, each call a block of its own."""

    @abstractmethod
    def again(self) -> Self:
        """A fresh one like this, as calls of a decorated function may overlap."""

    @abstractmethod
    def __enter__(self) -> Any: ...

    @abstractmethod
    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None: ...

    async def __aenter__(self) -> Any:
        return self.__enter__()

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.__exit__(kind, error, traceback)

    def __call__(self, function: Callable[P, R]) -> Callable[P, R]:
        """Decorate `function`: its body becomes the block.

        Raises:
            TypeError: It is a generator or a class, whose body runs elsewhere.
        """
        if isinstance(function, type):
            # Calling a class only makes an instance; what its methods do would not be inside.
            raise TypeError(
                f"{type(self).__name__}() cannot decorate the class {function.__qualname__}; decorate a method "
                f'of it, a view as @method_decorator({type(self).__name__}(…), name="dispatch")'
            )
        if inspect.isgeneratorfunction(function) or inspect.isasyncgenfunction(function):
            # Between two values somebody else's code runs, and its statements are not the generator's.
            raise TypeError(
                f"{type(self).__name__}() cannot decorate the generator {function.__qualname__}(); "
                "write a `with` block around the loop that consumes it"
            )
        if inspect.iscoroutinefunction(function):
            return self._around_coroutine(function)  # type: ignore[no-any-return]
        return self._around_function(function)

    def returned(self, result: Any) -> Any:
        """What a decorated function gives back for its `result`, some of whose work may still be to do."""
        return result

    def _around_function(self, function: Callable[P, R]) -> Callable[P, R]:
        @wrapt.decorator
        def call(wrapped: Any, instance: Any, args: Any, kwargs: Any) -> Any:
            with self.again():
                result = wrapped(*args, **kwargs)
            return self.returned(result)

        decorated: Callable[P, R] = call(function)
        return decorated

    def _around_coroutine(self, function: Any) -> Any:
        @wrapt.decorator
        async def call(wrapped: Any, instance: Any, args: Any, kwargs: Any) -> Any:
            with self.again():
                result = await wrapped(*args, **kwargs)
            return self.returned(result)

        return call(function)
