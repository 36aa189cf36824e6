"""Many photos: arguments in, one outcome per photo out."""

from blurkit.batch.opened import blurrer_of, close_models
from blurkit.batch.run import AHEAD, Task, plan, process, run_batch

__all__ = ["AHEAD", "Task", "blurrer_of", "close_models", "plan", "process", "run_batch"]
