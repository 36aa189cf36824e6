"""`blurkit watch`: photos as they arrive in a folder."""

from __future__ import annotations

import signal
import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from blurkit.batch import Means, Run
from blurkit.batch.place import folder_of
from blurkit.errors import ExitCode, SettingsError
from blurkit.language import tr
from blurkit.machine.workers import available_cpus
from blurkit.report.files import STEM, earlier, write, write_all
from blurkit.video.many import clips_by
from blurkit.watch.arrival import FOLDERS, make_safe
from blurkit.watch.watcher import Watcher

if TYPE_CHECKING:
    from blurkit.cli.console import Show
    from blurkit.settings import Settings
    from blurkit.watch.watcher import Watch


def do_watch(wanted: Watch, settings: Settings, show: Show) -> ExitCode:
    """Process photos as they arrive, until interrupted or, with `once`, until those there are finished.

    Photos are processed in processes that end when all are finished: while nothing arrives, no model is in memory.
    The report of all that was ever written from there is in the state folder, unless `--report` names a file. Others
    tidy the inbox, and the output folder may be published, so neither is a place for it.

    Raises:
        SettingsError: The folders make no sense.
        OutputNotWritable: Finished photos could not be remembered, so that they would be processed again and again.
    """
    out = _checked(wanted)
    show.begin(settings)
    if hasattr(signal, "SIGIO"):  # sent if a program begins to write at the moment of our question whether one does
        signal.signal(signal.SIGIO, signal.SIG_IGN)
    watcher = Watcher(wanted, out, settings, show)
    jobs = wanted.jobs or available_cpus()
    means = Means(jobs=jobs, timeout=wanted.timeout, journal=watcher.journal, debug=wanted.debug)
    run = Run(settings, means)
    own = watcher.journal.folder / f"{STEM}.json"
    before = earlier(show.report or own)
    words = tr("watching {inbox}") if wanted.once else tr("watching {inbox}; Ctrl-C ends it")
    show.note(words.format(inbox=wanted.inbox))
    looks = 0
    while True:
        arrivals = watcher.arrivals()
        photos, clips = ([each for each in arrivals if each.source.is_clip is moving] for moving in (False, True))
        for arrival, outcome in run.do(photos, work=make_safe):
            watcher.take(arrival, outcome)
        by = partial(clips_by, settings=settings, means=means, work=make_safe)
        for arrival, outcome in run.do(clips, by=by):
            watcher.take(arrival, outcome)
        if arrivals and show.report is not None:
            write(run.report(before), show.report)
        elif arrivals:
            write_all(run.report(before), watcher.journal.folder)
        looks += 1
        if wanted.once and looks == 2:
            if show.report is None and any(entry.output is not None for entry in run.entries):
                show.note(tr("note: the report is {path}").format(path=own))
            return watcher.end()
        time.sleep(wanted.every)


def _checked(wanted: Watch) -> str:
    if wanted.out is None:
        raise SettingsError(
            "a folder for the safe photos is needed", path="--out", hint="blurkit watch INBOX --out safe"
        )
    inbox = Path(wanted.inbox)
    if not inbox.is_dir():
        raise SettingsError("is not a folder", path=wanted.inbox, hint="give the folder in which photos arrive")
    if any(inbox.resolve().is_relative_to((Path(wanted.out) / folder).resolve()) for folder in FOLDERS.values()):
        raise SettingsError(
            "its outputs would be taken for photos that arrive", path=wanted.out, hint="choose another --out"
        )
    return folder_of([wanted.inbox], wanted.out)
