"""The policy stage: faces and ages in, one decision with a reason per face out."""

from blurkit.policy.again import replay
from blurkit.policy.decide import asked_for, asks_for_age, decide, explain, verdict
from blurkit.policy.reviewed import Reviewed

__all__ = ["Reviewed", "asked_for", "asks_for_age", "decide", "explain", "replay", "verdict"]
