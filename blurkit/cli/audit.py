"""`blurkit audit`: looks into files and says what was found."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from blurkit.cli.console import Show, say, write_out
from blurkit.cli.run import PhotosAsked, no_photos
from blurkit.version import __version__

if TYPE_CHECKING:
    from collections.abc import Sequence

    from blurkit.errors import ExitCode
    from blurkit.settings import Settings


def do_audit(work: PhotosAsked, settings: Settings, against: Sequence[Path], show: Show) -> ExitCode:
    """Look into the files of a command and say what was found."""
    from blurkit import audit, batch
    from blurkit.audit import report
    from blurkit.audit.matches import read_reports
    from blurkit.batch.collect import collect
    from blurkit.batch.place import check_photos
    from blurkit.machine.workers import available_cpus
    from blurkit.video import installed
    from blurkit.video.glimpses import glimpses_of

    check_photos(work.photos)
    reports = read_reports(against)
    open_clip = glimpses_of if installed() else None
    collected = collect(work.photos, recursive=work.recursive, clips=installed())
    jobs = work.jobs or available_cpus()
    looking = audit.audit(
        collected.sources, settings, reports=reports, jobs=jobs, timeout=work.timeout, open_clip=open_clip
    )
    try:
        audited = [show.audited(each) for each in show.progress(looking, len(collected.sources))]
    finally:
        batch.close_models()
    if show.json:
        write_out(report.to_json(audited, collected, version=__version__).rstrip())
    elif not show.quiet and audited:
        say(report.summary(audited, collected))
    elif not show.quiet:
        no_photos()
    return audit.exit_code(audited, is_one=len(work.photos) == 1 and not Path(work.photos[0]).is_dir())
