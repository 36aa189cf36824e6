"""What a user knows of the children's ages, put into a policy."""

from __future__ import annotations

from blurkit.choices import CHILDREN, Children
from blurkit.errors import SettingsError
from blurkit.policy.decide import asks_for_age
from blurkit.settings import PolicySettings
from blurkit.validation import validated


def for_children(policy: PolicySettings, children: Children, *, origin: str = "--children") -> PolicySettings:
    """Return a policy for children as old as the user says; whoever is older may stay visible.

    Args:
        policy: Who is covered.
        children: How old they are.
        origin: Where the user said so, for a message.

    Raises:
        SettingsError: The policy guesses no age, or judges with a margin that is below that age.
    """
    if not asks_for_age(policy):
        raise SettingsError(
            f"has no use for the policy '{policy.name}', which guesses no age", path=origin, hint="leave one out"
        )
    values = policy.model_dump() | {"child_age": CHILDREN[children]}
    return validated(PolicySettings, values, origin=origin, hint="leave it out, or change the policy")
