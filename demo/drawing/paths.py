"""Outlines as lists of points, in a square of 1000 by 1000 units with y downwards."""

import math
import re
from collections.abc import Iterable, Sequence

Point = tuple[float, float]
Points = list[Point]

STEPS = 18
_TOKEN = re.compile(r"[MLQCZHV]|-?\d+(?:\.\d+)?")
_ARGUMENTS = {"M": 2, "L": 2, "H": 1, "V": 1, "Q": 4, "C": 6, "Z": 0}


def path(text: str) -> Points:
    """The points of an SVG-like path with absolute M, L, H, V, Q, C and Z, curves flattened."""
    tokens = _TOKEN.findall(text)
    points: Points = []
    command, i = "M", 0
    while i < len(tokens):
        if tokens[i].isalpha():
            command, i = tokens[i], i + 1
        count = _ARGUMENTS[command]
        _extend(points, command, [float(token) for token in tokens[i : i + count]])
        i += count
    return points


def _extend(points: Points, command: str, n: list[float]) -> None:
    if command in "ML":
        points.append((n[0], n[1]))
    elif command == "H":
        points.append((n[0], points[-1][1]))
    elif command == "V":
        points.append((points[-1][0], n[0]))
    elif command == "Q":
        points.extend(quadratic(points[-1], (n[0], n[1]), (n[2], n[3])))
    elif command == "C":
        points.extend(cubic(points[-1], (n[0], n[1]), (n[2], n[3]), (n[4], n[5])))


def quadratic(a: Point, b: Point, c: Point) -> Points:
    """The curve from `a` to `c` drawn towards `b`, without `a` itself."""
    out = []
    for step in range(1, STEPS + 1):
        t = step / STEPS
        u = 1 - t
        out.append(
            tuple(u * u * p + 2 * u * t * q + t * t * r for p, q, r in zip(a, b, c, strict=True))
        )
    return out  # type: ignore[return-value]


def cubic(a: Point, b: Point, c: Point, d: Point) -> Points:
    """The curve from `a` to `d` with the handles `b` and `c`, without `a` itself."""
    out = []
    for step in range(1, STEPS + 1):
        t = step / STEPS
        u = 1 - t
        weights = (u**3, 3 * u * u * t, 3 * u * t * t, t**3)
        out.append(
            tuple(
                sum(w * p[axis] for w, p in zip(weights, (a, b, c, d), strict=True))
                for axis in (0, 1)
            )
        )
    return out  # type: ignore[return-value]


def smooth(points: Sequence[Point], closed: bool = True) -> Points:
    """A soft curve through all points (Catmull-Rom)."""
    n = len(points)
    out: Points = [] if closed else [points[0]]
    for i in range(n if closed else n - 1):
        if closed:
            p0, p1, p2, p3 = (points[(i + k) % n] for k in (-1, 0, 1, 2))
        else:
            p0, p1, p2, p3 = (points[min(max(i + k, 0), n - 1)] for k in (-1, 0, 1, 2))
        handle1 = (p1[0] + (p2[0] - p0[0]) / 6, p1[1] + (p2[1] - p0[1]) / 6)
        handle2 = (p2[0] - (p3[0] - p1[0]) / 6, p2[1] - (p3[1] - p1[1]) / 6)
        out.extend(cubic(p1, handle1, handle2, p2))
    return out


def mirrored(half: Sequence[Point], axis: float = 500) -> Points:
    """A half outline from top to bottom, closed by its mirror image."""
    return [*half, *((2 * axis - x, y) for x, y in reversed(half))]


def flipped(points: Iterable[Point], axis: float = 500) -> Points:
    """The mirror image."""
    return [(2 * axis - x, y) for x, y in points]


def moved(points: Iterable[Point], dx: float = 0, dy: float = 0) -> Points:
    """The same outline somewhere else."""
    return [(x + dx, y + dy) for x, y in points]


def scaled(
    points: Iterable[Point], sx: float, sy: float | None = None, about: Point = (500, 500)
) -> Points:
    """The same outline, larger or smaller, about a fixed point."""
    ax, ay = about
    sy = sx if sy is None else sy
    return [(ax + (x - ax) * sx, ay + (y - ay) * sy) for x, y in points]


def turned(points: Iterable[Point], degrees: float, about: Point = (500, 500)) -> Points:
    """The same outline turned clockwise."""
    c, s = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    ax, ay = about
    return [(ax + (x - ax) * c - (y - ay) * s, ay + (x - ax) * s + (y - ay) * c) for x, y in points]


def ellipse(x: float, y: float, rx: float, ry: float | None = None, steps: int = 64) -> Points:
    """An ellipse about its middle."""
    ry = rx if ry is None else ry
    return [
        (x + rx * math.cos(2 * math.pi * i / steps), y + ry * math.sin(2 * math.pi * i / steps))
        for i in range(steps)
    ]


def arc(x: float, y: float, rx: float, ry: float, start: float, end: float) -> Points:
    """A part of an ellipse, from one angle in degrees to another; 0 is right, 90 is down."""
    steps = 40
    angles = (math.radians(start + (end - start) * i / steps) for i in range(steps + 1))
    return [(x + rx * math.cos(a), y + ry * math.sin(a)) for a in angles]


def box(x: float, y: float, w: float, h: float, r: float = 0) -> Points:
    """A rectangle, with rounded corners when `r` is not 0."""
    if not r:
        return [(x, y), (x + w, y), (x + w, y + h), (x, y + h)]
    corners = (
        (x + w - r, y + r, -90),
        (x + w - r, y + h - r, 0),
        (x + r, y + h - r, 90),
        (x + r, y + r, 180),
    )
    out: Points = []
    for cx, cy, start in corners:
        out.extend(arc(cx, cy, r, r, start, start + 90)[::5])
    return out


def along(points: Sequence[Point], gap: float, start: float = 0) -> list[tuple[Point, float]]:
    """Places along a line every `gap` units, each with its direction in radians."""
    out = []
    left = start
    for (x0, y0), (x1, y1) in zip(points, points[1:], strict=False):
        length = math.hypot(x1 - x0, y1 - y0)
        angle = math.atan2(y1 - y0, x1 - x0)
        while left < length:
            t = left / length
            out.append(((x0 + (x1 - x0) * t, y0 + (y1 - y0) * t), angle))
            left += gap
        left -= length
    return out


def inset(points: Sequence[Point], by: float, closed: bool = True) -> Points:
    """The line at a distance to the inside of an outline (or to the right of an open line)."""
    turn = 1.0
    if closed:
        doubled = sum(
            x0 * y1 - x1 * y0
            for (x0, y0), (x1, y1) in zip(points, [*points[1:], points[0]], strict=True)
        )
        turn = 1.0 if doubled > 0 else -1.0
    n = len(points)
    out = []
    for i, (x, y) in enumerate(points):
        before = points[i - 1] if closed or i else points[i]
        after = points[(i + 1) % n] if closed or i < n - 1 else points[i]
        dx, dy = after[0] - before[0], after[1] - before[1]
        length = math.hypot(dx, dy) or 1
        out.append((x - dy / length * by * turn, y + dx / length * by * turn))
    return out
