"""Looks into files that are published already: files in, what they show and hide out."""

from blurkit.audit.examine import audit, exit_code

__all__ = ["audit", "exit_code"]
