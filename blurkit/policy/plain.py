"""What a policy does, in words that a parent understands; `explain` has every rule."""

from __future__ import annotations

from typing import TYPE_CHECKING

from blurkit.language import decimal, tr
from blurkit.policy.decide import asks_for_age
from blurkit.records import Action

if TYPE_CHECKING:
    from blurkit.settings import PolicySettings


def explained(policy: PolicySettings) -> list[str]:
    """Return what a policy does; `blurkit policy show` has every rule."""
    lines = []
    if asks_for_age(policy):
        lines += [
            tr("Everyone who could be under {limit} is covered.").format(limit=policy.cutoff_age),
            tr("Faces too small or too unclear to tell the age are covered."),
            tr("People who clearly look adult stay visible."),
            tr("Of 100 children, blurkit may take about {n} for an adult: please look yourself.").format(
                n=decimal(policy.max_miss_rate * 100)
            ),
        ]
    elif all(rule.action is Action.COVER for rule in policy.rules):
        lines.append(tr("Everyone is covered. You choose who may be seen, and say why."))
    else:
        lines.append(tr("Everyone is covered, except in parts of photos that stay visible."))
    marked = {action: sum(region.action is action for region in policy.regions) for action in Action}
    if marked[Action.COVER]:
        lines.append(tr("Parts of photos in which every face is covered: {n}.").format(n=marked[Action.COVER]))
    if marked[Action.KEEP]:
        lines.append(tr("Parts of photos in which faces stay visible: {n}.").format(n=marked[Action.KEEP]))
    return lines
