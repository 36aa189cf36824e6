"""The clips of a command: one after the other in this process, with a bar that says how far it is."""

from __future__ import annotations

from contextlib import ExitStack
from functools import cache, partial
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from blurkit.batch import Means, Run, Task
    from blurkit.cli.console import Show
    from blurkit.outcomes import Outcome
    from blurkit.settings import Settings
    from blurkit.video.clip import Clips


def do_clips(
    tasks: Sequence[Task], run: Run, settings: Settings, means: Means, show: Show
) -> Iterator[tuple[Task, Outcome]]:
    """Do the clips of a run; each is in its report once it is yielded."""
    if not tasks:
        return
    from blurkit.batch import process
    from blurkit.machine.workers import available_cpus
    from blurkit.video.clip import Clips

    threads = available_cpus()
    with ExitStack() as open_, show.bar() as advance:

        @cache
        def clips() -> Clips:
            return open_.enter_context(Clips(settings, threads=threads, decisions=means.decisions))

        def one(task: Task) -> Outcome:
            def opened(*_: object) -> Clips:
                held = clips()
                held.progress = partial(advance, task.source.given)
                return held

            return process(
                task,
                settings=settings,
                threads=threads,
                decisions=means.decisions,
                journal=means.journal,
                debug=means.debug,
                opened=opened,
            )

        yield from run.do(tasks, by=lambda pieces: map(one, pieces))
