"""Where a test may end a process that handles money; see `core.failpoints`."""

from core.failpoints import failpoint

__all__ = ["failpoint"]
