"""Many photos: arguments in, one outcome per photo out."""

from blurkit.batch.opened import blurrer_of, close_models
from blurkit.batch.plan import Task, plan
from blurkit.batch.process import process
from blurkit.batch.run import AHEAD, Means, Run, run_batch

__all__ = ["AHEAD", "Means", "Run", "Task", "blurrer_of", "close_models", "plan", "process", "run_batch"]
