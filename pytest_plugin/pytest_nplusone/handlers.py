"""Puts `JudgedRequests` into every request handler of Django, without importing Django before the project does."""

from __future__ import annotations

from typing import Any

import wrapt

__all__ = ["install"]

_installed = False


def install() -> None:
    """Wrap the handlers, as soon as Django's module of them is imported. Installing twice is installing once."""
    global _installed  # noqa: PLW0603 — a process has one class of handlers
    if not _installed:
        _installed = True
        wrapt.register_post_import_hook(_wrap_handlers, "django.core.handlers.base")


def _wrap_handlers(module: Any) -> None:
    # Django 5.2 to 6.1 build the chain of middlewares here, for every sort of handler.
    if hasattr(module.BaseHandler, "load_middleware"):
        wrapt.wrap_function_wrapper(module.BaseHandler, "load_middleware", _load_middleware)


def _load_middleware(wrapped: Any, handler: Any, args: Any, kwargs: Any) -> None:
    wrapped(*args, **kwargs)
    from .requests import JudgedRequests  # noqa: PLC0415 — only where Django is

    is_async = bool(kwargs.get("is_async", args[0] if args else False))
    handler._middleware_chain = JudgedRequests(handler._middleware_chain, is_async=is_async)
