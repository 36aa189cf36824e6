"""Draw what `bench.age` measured."""

from __future__ import annotations

from pathlib import Path
from typing import Any


def plot(result: dict[str, Any], path: Path) -> None:
    """Draw misses against needless covers for each set and model, and both by age, by size and by what is worn.

    Args:
        result: What `bench.age` saves as JSON.
        path: The PNG to write.
    """
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(2, 3, figsize=(14, 7.5))
    (curves, years, groups), rest = axes
    for name, points in result["curves"].items():
        curves.plot([100 * p[1] for p in points], [100 * p[2] for p in points], label=name)
    curves.set(
        xscale="symlog", xlim=(0, 10), ylim=(0, 60), xlabel="under-18s missed, %", ylabel="adults 25+ covered, %"
    )
    curves.set_title("misses against needless covers")
    for name, points in result["visible by year of age"].items():
        years.plot([p[0] for p in points], [100 * p[1] for p in points], ".-", label=name)
    years.set(
        xlabel="age", ylabel="left visible, %", title=f"by age, at the threshold of {result['threshold']:.1f} years"
    )
    for axis in (curves, years):
        axis.legend(fontsize=7)
    _draw_groups(groups, _table(result, "by group"))
    worse = _table(result, "made worse")
    for axis, way in zip(rest, ("height in pixels", "blur as a share of the height", ""), strict=True):
        rows = [row for row in worse if row["worse by"] == way] or _table(result, "things drawn")
        key = "to" if way else "worn"
        _draw_steps(axis, [str(row[key]) for row in rows], rows)
        axis.set_title(way or "things drawn on faces")
    figure.tight_layout()
    figure.savefig(path, dpi=100)


def _table(result: dict[str, Any], begins: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = next(rows for title, rows in result["tables"].items() if title.startswith(begins))
    return rows


def _draw_groups(axis: Any, rows: list[dict[str, Any]]) -> None:
    names = [f"{row['group']}, {row['set']}" for row in rows]
    for word, color in (("missed", "tab:red"), ("adults covered", "tab:blue")):
        values = [100 * row[word] for row in rows]
        ends = [[100 * abs(row[word] - row[f"{word}, {end}"]) for row in rows] for end in ("from", "to")]
        axis.errorbar(values, names, xerr=ends, fmt="o", color=color, label=word, capsize=2)
    axis.set(xlabel="%", title="by group, with 95 % intervals")
    axis.tick_params(axis="y", labelsize=7)
    axis.legend(fontsize=7)


def _draw_steps(axis: Any, names: list[str], rows: list[dict[str, Any]]) -> None:
    for word in ("judged", "missed", "missed if small ones counted", "adults covered"):
        axis.plot(names, [100 * row[word] for row in rows], "o-", label=word)
    axis.set(ylabel="%", ylim=(-2, 102))
    axis.tick_params(axis="x", labelsize=7, rotation=30)
    axis.legend(fontsize=7)
