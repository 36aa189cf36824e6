"""`blurkit clean`: takes out what photos hide, and leaves their pictures as they are."""

from __future__ import annotations

import json as json_text
from pathlib import Path
from typing import TYPE_CHECKING

from blurkit.choices import MAX_MEGAPIXELS
from blurkit.cli import options
from blurkit.cli.console import Show, say, write_out
from blurkit.cli.guard import end
from blurkit.cli.run import PhotosAsked, no_photos
from blurkit.cli.speaking import LanguageOption
from blurkit.errors import ExitCode, SettingsError
from blurkit.language import mark, tn, tr
from blurkit.version import __version__
from blurkit.words import one_line

if TYPE_CHECKING:
    from collections.abc import Sequence

    from blurkit.batch.clean import Cleaned
    from blurkit.batch.collect import Collected
    from blurkit.settings import Settings

SCHEMA = 1
"""Version of the JSON document: keys may be added, none renamed or removed."""

NO_FACES = mark("note: no face is looked for and nothing is covered; only what is hidden in the files is taken out")


def clean(
    photos: options.Photos,
    out: options.OutOption = None,
    recursive: options.RecursiveOption = True,
    jobs: options.JobsOption = None,
    timeout: options.TimeoutOption = options.TIMEOUT,
    max_megapixels: options.MegapixelsOption = MAX_MEGAPIXELS,
    json: options.JsonOption = False,
    quiet: options.QuietOption = False,
    verbose: options.VerboseOption = False,
    language: LanguageOption = None,
    debug: options.DebugOption = False,
) -> None:
    """Take out what photos hide; cover no face."""
    show = Show(json=json, quiet=quiet, verbose=verbose, report=None)
    work = PhotosAsked(
        photos=photos, out=out, dry_run=False, recursive=recursive, jobs=jobs, timeout=timeout or None, debug=debug
    )
    end(lambda: do_clean(work, options.settings(which=options.Which(max_megapixels=max_megapixels)), show), debug=debug)


def do_clean(work: PhotosAsked, settings: Settings, show: Show) -> ExitCode:
    """Clean the photos of a command and say what became of them."""
    from blurkit.batch.clean import clean_all
    from blurkit.batch.collect import collect
    from blurkit.batch.place import check_photos, folder_of
    from blurkit.machine.workers import available_cpus

    if work.out is None:
        raise SettingsError(
            "a folder for the clean photos is needed", path="--out", hint="blurkit clean PHOTOS --out clean"
        )
    check_photos(work.photos)
    folder = folder_of(work.photos, work.out)
    show.note(tr(NO_FACES))
    collected = collect(work.photos, recursive=work.recursive)
    jobs = work.jobs or available_cpus()
    cleaning = clean_all(collected.sources, folder, settings.load, jobs=jobs, timeout=work.timeout)
    done = [_said(each, show) for each in show.progress(cleaning, len(collected.sources))]
    if show.json:
        write_out(_document(done, collected))
    elif done:
        show.note(_summary(done, collected))
    if not done:
        no_photos()
        return ExitCode.INPUT
    failures = [each.error for each in done if each.error is not None]
    if len(work.photos) == 1 and not Path(work.photos[0]).is_dir():
        return ExitCode(failures[0].exit_code) if failures else ExitCode.OK
    return ExitCode.PARTIAL if failures else ExitCode.OK


def _said(each: Cleaned, show: Show) -> Cleaned:
    """Say at once what failed; with --verbose, what was taken out."""
    if each.error is not None:
        show.failure(each.error, each.given)
    elif show.verbose and not show.quiet:
        from blurkit.report.removed import in_plain_words

        things = ", ".join(map(tr, in_plain_words(each.removed))) or tr("nothing, it was clean")
        say(one_line(tr("{photo}: taken out: {things}").format(photo=each.given, things=things)))
    return each


def _summary(done: Sequence[Cleaned], collected: Collected) -> str:
    """Return a line about all files."""
    written = [each for each in done if each.error is None]
    hiding = sum(bool(each.removed) for each in written)
    words = [
        tn(
            "{written} of {n} photo written, {hiding} of them had something hidden",
            "{written} of {n} photos written, {hiding} of them had something hidden",
            len(done),
            written=len(written),
            hiding=hiding,
        )
    ]
    left_alone = tr("{number} {kind}: not cleaned, not copied")
    words += [left_alone.format(number=count, kind=tr(kind)) for kind, count in collected.companions.items()]
    return "; ".join(words)


def _document(done: Sequence[Cleaned], collected: Collected) -> str:
    """Return the JSON document, in plain ASCII, so that any console takes it."""
    document = {
        "schema": SCHEMA,
        "version": __version__,
        "faces_looked_for": False,
        "companions": dict(collected.companions),
        "skipped": collected.skipped,
        "photos": [
            {
                "path": each.given,
                "output": None if each.output is None else str(each.output),
                "removed": list(each.removed),
                "status": "failed" if each.error else "clean",
                "error": each.error
                and {
                    "kind": each.error.word,
                    "stage": each.error.stage,
                    "message": each.error.error,
                    "hint": each.error.hint,
                },
            }
            for each in done
        ],
    }
    return json_text.dumps(document, indent=2)
