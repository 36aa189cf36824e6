"""The clips of a command: one after the other, with a bar that says how far each is."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from blurkit.batch import Means, Run, Task
    from blurkit.cli.console import Show
    from blurkit.outcomes import Outcome
    from blurkit.settings import Settings


def do_clips(
    tasks: Sequence[Task], run: Run, settings: Settings, means: Means, show: Show
) -> Iterator[tuple[Task, Outcome]]:
    """Do the clips of a run; each is in its report once it is yielded."""
    if not tasks:
        return
    from blurkit.video.many import clips_by

    with show.bar() as advance:

        def heard(task: Task, share: float) -> None:
            advance(task.source.given, share)

        yield from run.do(tasks, by=lambda pieces: clips_by(pieces, settings, means, heard=heard))
