"""The cache on Redis, for a site that goes on when Redis is gone: as if nothing were cached."""

import logging
from collections.abc import Callable
from typing import Any

from django.core.cache.backends.redis import RedisCache
from redis.exceptions import RedisError

log = logging.getLogger(__name__)


class ForgivingCache(RedisCache):
    """Answers as an empty cache while Redis does not answer.

    Limits that are counted here are open for that time: the site is slower and kinder then, and
    what is counted as a vote or as money never depends on the cache.
    """

    def add(self, *args: Any, **kwargs: Any) -> bool:
        """True when Redis is gone: the key was not there."""
        return self._try(super().add, True, *args, **kwargs)

    def get(self, key: Any, default: Any = None, version: int | None = None) -> Any:
        """The default when Redis is gone."""
        return self._try(super().get, default, key, default, version)

    def set(self, *args: Any, **kwargs: Any) -> None:
        """Nothing when Redis is gone."""
        self._try(super().set, None, *args, **kwargs)

    def touch(self, *args: Any, **kwargs: Any) -> bool:
        """False when Redis is gone."""
        return self._try(super().touch, False, *args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> bool:
        """False when Redis is gone."""
        return self._try(super().delete, False, *args, **kwargs)

    def get_many(self, *args: Any, **kwargs: Any) -> dict[Any, Any]:
        """Nothing when Redis is gone."""
        return self._try(super().get_many, {}, *args, **kwargs)

    def set_many(self, data: Any, *args: Any, **kwargs: Any) -> list[Any]:
        """All of it failed when Redis is gone."""
        return self._try(super().set_many, list(data), data, *args, **kwargs)

    def delete_many(self, *args: Any, **kwargs: Any) -> None:
        """Nothing when Redis is gone."""
        self._try(super().delete_many, None, *args, **kwargs)

    def has_key(self, *args: Any, **kwargs: Any) -> bool:
        """False when Redis is gone."""
        return self._try(super().has_key, False, *args, **kwargs)

    def incr(self, key: Any, delta: int = 1, version: int | None = None) -> int:
        """Raises `ValueError`, as for a key that is not there, when Redis is gone."""
        try:
            return super().incr(key, delta, version)
        except RedisError as error:
            raise ValueError(key) from error

    def _try(self, call: Callable[..., Any], otherwise: Any, *args: Any, **kwargs: Any) -> Any:
        try:
            return call(*args, **kwargs)
        except RedisError:
            log.warning("cache not reached", exc_info=True)
            return otherwise
