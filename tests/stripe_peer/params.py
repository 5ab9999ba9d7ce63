"""Form fields as Stripe's client sends them, checked against the client's own types."""

import re
import types
from collections.abc import Mapping
from functools import cache
from typing import Any, Literal, NotRequired, Union, get_args, get_origin
from urllib.parse import parse_qsl

import typing_extensions
from stripe._request_options import RequestOptions

from tests.stripe_peer.errors import bad_parameter

Value = Any  # str, or a list or dict of such


def decode(text: str) -> dict[str, Value]:
    """`a[b]=1&c[0]=2` becomes `{"a": {"b": "1"}, "c": ["2"]}`."""
    found: dict[str, Value] = {}
    for name, value in parse_qsl(text, keep_blank_values=True):
        first, rest = re.match(r"([^\[]+)((?:\[[^\]]*\])*)$", name).groups()  # type: ignore[union-attr]
        parts = [first, *re.findall(r"\[([^\]]*)\]", rest)]
        place = found
        for part in parts[:-1]:
            place = place.setdefault(part, {})
        place[parts[-1] or str(len(place))] = value
    return _lists(found)


def _lists(value: Value) -> Value:
    if not isinstance(value, dict):
        return value
    if value and all(name.isdigit() for name in value):
        return [_lists(value[name]) for name in sorted(value, key=int)]
    return {name: _lists(inner) for name, inner in value.items()}


@cache
def names_of(params: type) -> dict[str, Any]:
    """The parameters a TypedDict of the client allows, without the client's own options."""
    known = {"StripeContext": object, "Mapping": Mapping}
    hints = typing_extensions.get_type_hints(params, localns=known, include_extras=True)
    return {
        name: hint for name, hint in hints.items() if name not in RequestOptions.__annotations__
    }


def check(value: dict[str, Value], params: type, path: str = "") -> None:
    """Refuse unknown names, missing ones and values of a wrong kind, as Stripe does."""
    allowed = names_of(params)
    for name, inner in value.items():
        full = f"{path}[{name}]" if path else name
        if name not in allowed:
            raise bad_parameter(f"Received unknown parameter: {full}", full, "parameter_unknown")
        _check(inner, allowed[name], full)
    for name in sorted(params.__required_keys__ - value.keys()):  # type: ignore[attr-defined]
        full = f"{path}[{name}]" if path else name
        raise bad_parameter(f"Missing required param: {full}.", full, "parameter_missing")


def _check(value: Value, hint: Any, path: str) -> None:
    origin, inside = get_origin(hint), get_args(hint)
    if origin in (NotRequired, typing_extensions.NotRequired):
        return _check(value, inside[0], path)
    if origin in (Union, types.UnionType):
        return _check_any(value, inside, path)
    if origin is Literal:
        if value not in inside:
            raise bad_parameter(f"Invalid {path}: must be one of {inside}", path, "")
    elif typing_extensions.is_typeddict(hint):
        if not isinstance(value, dict):
            raise bad_parameter(f"Invalid object: {path}", path, "parameter_invalid")
        check(value, hint, path)
    elif origin is list:
        if not isinstance(value, list):
            raise bad_parameter(f"Invalid array: {path}", path, "parameter_invalid")
        for n, item in enumerate(value):
            _check(item, inside[0], f"{path}[{n}]")
    elif origin is dict:
        if not isinstance(value, dict) or not all(isinstance(v, str) for v in value.values()):
            raise bad_parameter(f"Invalid hash: {path}", path, "parameter_invalid")
    else:
        _check_plain(value, hint, path)


def _check_any(value: Value, choices: tuple[Any, ...], path: str) -> None:
    closed = [one for one in choices if get_origin(one) is Literal and get_args(one) != ("",)]
    if closed:  # the client leaves its enumerations open for later versions; this one is pinned
        choices = tuple(one for one in choices if one is not str)
    errors = []
    for choice in choices:
        try:
            return _check(value, choice, path)
        except Exception as error:
            errors.append(error)
    raise max(
        errors, key=lambda error: len(getattr(error, "body", {}).get("error", {}).get("param", ""))
    )


PLAIN = {int: re.compile(r"-?\d+"), bool: re.compile("true|false"), float: re.compile(r"-?[\d.]+")}


def _check_plain(value: Value, hint: Any, path: str) -> None:
    wanted = PLAIN.get(hint)
    if not isinstance(value, str) or (wanted and not wanted.fullmatch(value)):
        code = "parameter_invalid_integer" if hint is int else "parameter_invalid"
        raise bad_parameter(f"Invalid {path}: {value!r}", path, code)
