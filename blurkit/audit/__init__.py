"""The audit of published files: files in, what they show and hide out."""

from blurkit.audit.examine import audit, exit_code

__all__ = ["audit", "exit_code"]
