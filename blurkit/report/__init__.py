"""Outcomes in, words and documents out: summary, JSON, CSV and the page for the data protection officer."""

from blurkit.report.summary import BatchReport, ReportEntry, sentences

__all__ = ["BatchReport", "ReportEntry", "sentences"]
