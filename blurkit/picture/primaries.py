"""What red, green and blue are in the colour spaces that files name, as profiles write it: X, Y, Z under D50."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    Corners = tuple[tuple[float, float], tuple[float, float], tuple[float, float]]

D65, D50 = (0.3127, 0.3290), (0.9642, 1.0, 0.8249)
"""White of most colour spaces (x, y), and that of profiles (X, Y, Z)."""

PRIMARIES: dict[int, tuple[str, Corners]] = {
    1: ("sRGB", ((0.640, 0.330), (0.300, 0.600), (0.150, 0.060))),
    9: ("BT 2020", ((0.708, 0.292), (0.170, 0.797), (0.131, 0.046))),
    12: ("Display P3", ((0.680, 0.320), (0.265, 0.690), (0.150, 0.060))),
}
"""Numbers that files give: name, and x, y of red, green and blue. Source: ITU-T H.273, table 2"""

CONES = np.array([[0.8951, 0.2664, -0.1614], [-0.7502, 1.7135, 0.0367], [0.0389, -0.0685, 1.0296]])
"""From XYZ to the light that cones see. Source: Bradford, ICC.1:2022 annex E"""


def colorants(corners: Corners, white: tuple[float, float] = D65) -> npt.NDArray[np.float64]:
    """Return XYZ of red, green and blue under the white of profiles, as columns of (3, 3).

    Args:
        corners: x, y of red, green and blue.
        white: x, y of the white they were measured under.

    Raises:
        ValueError: They are no three colours.
    """
    try:
        columns = np.array([_from_xy(*corner) for corner in corners]).T
        seen = _from_xy(*white)
        under_white = columns * np.linalg.solve(columns, seen)
        adapt = np.linalg.solve(CONES, np.diag((CONES @ D50) / (CONES @ seen)) @ CONES)
    except (ZeroDivisionError, np.linalg.LinAlgError) as fault:
        raise ValueError("no three colours") from fault
    found: npt.NDArray[np.float64] = adapt @ under_white
    return found


def _from_xy(x: float, y: float) -> npt.NDArray[np.float64]:
    return np.array([x / y, 1.0, (1 - x - y) / y])


KNOWN = {
    **{name: colorants(corners) for name, corners in PRIMARIES.values()},
    "Adobe RGB (1998)": colorants(((0.640, 0.330), (0.210, 0.710), (0.150, 0.060))),
    "ProPhoto": colorants(((0.7347, 0.2653), (0.1596, 0.8404), (0.0366, 0.0001)), (0.3457, 0.3585)),
}
"""Known colours of red, green and blue."""
