"""Unguessable public codes."""

import secrets


def public_code() -> str:
    """A URL-safe code of 128 random bits, for links that open something without an account."""
    return secrets.token_urlsafe(16)
