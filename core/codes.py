"""Unguessable public codes."""

import secrets


def public_code() -> str:
    """A URL-safe code of 128 random bits, for links that open something without an account."""
    return secrets.token_urlsafe(16)


# No letter or digit that another one could be taken for.
READABLE = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"


def order_number() -> str:
    """A number people can read out over the telephone, such as `7K3M-9QXR`."""
    letters = [secrets.choice(READABLE) for _ in range(8)]
    return "".join(letters[:4]) + "-" + "".join(letters[4:])
