"""The policy stage: faces and ages in, one decision with a reason out, per face."""

from blurkit.policy.decide import decide, explain, verdict
from blurkit.policy.reviewed import Reviewed, replay

__all__ = ["Reviewed", "decide", "explain", "replay", "verdict"]
