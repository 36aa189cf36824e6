"""Looks for files that crash blurkit, make it hang or fill the memory, or come out other than clean and covered.

    pip install --group fuzz
    python -m tests.fuzz TARGET [--seconds 60]
    python -m tests.fuzz TARGET --keep

TARGET is `load`, `metadata`, `audit`, `run` or `blocks`. libFuzzer changes real files of every format, which are built
here, and is guided by which lines of blurkit they reach. The smallest files that reached new lines are kept in
`tests/corpus` by `--keep`, and the next run starts from them, too. It stops at the first finding and keeps it in
`.hypothesis/fuzz`: mend what it shows, and keep it as a test. Not part of the test run: it ends by the clock, and not
every platform has a build of it.
"""

import argparse
import shutil
import sys
from contextlib import suppress
from pathlib import Path

import atheris
import numpy as np

with atheris.instrument_imports(include=["blurkit"]):
    from blurkit import metadata, pipeline
    from blurkit.appearance import ObscureSettings
    from blurkit.audit import examine as audit
    from blurkit.audit.matches import Reports
    from blurkit.batch.naming import Source
    from blurkit.errors import BlurkitError, PhotoError
    from blurkit.load import decode
    from blurkit.machine.memory import give_freed_memory_back
    from blurkit.obscure import covered_mask
    from blurkit.outcomes import PhotoFailure
    from blurkit.settings import LoadSettings, Settings

from tests import pictures
from tests.fakes import FixedAge, FixedFaces
from tests.metadata.planted import everything

FOLDER = Path(__file__).parent.parent / ".hypothesis" / "fuzz"
CORPUS = Path(__file__).parent / "corpus"
KEPT = 50_000
"""Bytes of files that are kept of each target."""
SECONDS, MEGABYTES, LONGEST = 10, 3000, 60_000
"""Most seconds for one file, most memory for the process, and the longest file in bytes."""
SMALL = LoadSettings(max_megapixels=1.0)
COVER = ObscureSettings()
FACE = pictures.face()


def load(data: bytes) -> None:
    """A file is a photo within the limit, or an error of ours."""
    with suppress(PhotoError):
        photo = decode(data, SMALL)
        assert photo.picture.pixels.shape[:2] == photo.picture.samples.shape[:2]
        assert photo.picture.pixels.size <= 3e6


def clean(data: bytes) -> None:
    """A file can be searched, or there is an error of ours; what was cleaned is clean, and stays as it is."""
    for function in (metadata.find, metadata.check):
        with suppress(BlurkitError):
            function(data)
    with suppress(BlurkitError):
        stripped = metadata.strip(data)
        assert {hidden.kind for hidden in metadata.find(stripped)} <= {metadata.Kind.FRAME}
        assert metadata.strip(stripped) == stripped


def look(data: bytes) -> None:
    """The audit of a file is an answer, and changes nothing."""
    path = FOLDER / "audited"
    path.write_bytes(data)
    audited = audit.examine(Source(path, path, None, "photo"), settings=Settings(load=SMALL), reports=Reports())
    assert audited.error is not None or audited.size is not None
    assert path.read_bytes() == data


def run(data: bytes, *, made: pipeline.Blurrer | None = None) -> None:
    """What comes out of a whole run is clean and covered; of a file that is refused nothing comes out."""
    give_freed_memory_back()  # as after every photo of a batch
    safe = (made or BLURRERS["anew"]).run_bytes(data, name="photo")
    if isinstance(safe, PhotoFailure):
        assert safe.error
        return
    written = safe.data
    assert metadata.find(written) == ()
    shown = decode(written, SMALL)
    cover = shown.picture.pixels[covered_mask([FACE], COVER, shown.size)].astype(int)
    assert not cover.size or np.abs(cover - np.median(cover, axis=0)).mean() < 40


def keep_blocks(data: bytes) -> None:
    """So it is where blocks are kept: slow, since each file has a process of its own."""
    run(data, made=BLURRERS["kept"])


class Blind:
    """Sees nothing, and keeps no picture, as the one of the tests does."""

    name = "blind"

    def look(self, picture) -> list:
        return []

    def close(self) -> None:
        pass


TARGETS = {"load": load, "metadata": clean, "audit": look, "run": run, "blocks": keep_blocks}
BLURRERS: dict[str, pipeline.Blurrer] = {}


def seeds(target: str) -> dict[str, bytes]:
    """Return the real files to start from."""
    files = {f"{kind}-{mode}": pictures.file(kind, mode) for kind, mode in pictures.EVERY_FILE}
    files |= {f"jpeg-{n}": pictures.file("jpeg", subsampling=n, progressive=n == 1) for n in range(3)}
    files |= {case.replace("/", "-"): data for case, (data, _) in everything().items()}
    files |= {path.name: path.read_bytes() for path in sorted(CORPUS.glob("*/*"))}
    files = {name: data for name, data in files.items() if target != "blocks" or data[:2] == b"\xff\xd8"}
    return files


def keep_smallest(target: str) -> None:
    """Keep the smallest files of the last run that reached new lines, in place of those kept before."""
    known = {data for name, data in seeds(target).items() if not (CORPUS / target / name).is_file()}
    shutil.rmtree(CORPUS / target, ignore_errors=True)
    (CORPUS / target).mkdir(parents=True)
    left = KEPT
    for path in sorted((FOLDER / target).iterdir(), key=lambda path: (path.stat().st_size, path.name)):
        data = path.read_bytes()
        if data not in known and len(data) <= left:
            (CORPUS / target / path.name).write_bytes(data)
            left -= len(data)


def main() -> None:
    """Read the command line, write the seeds, and hand over to libFuzzer, which ends the process."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("target", choices=TARGETS)
    parser.add_argument("--seconds", type=int, default=60, help="when to stop if nothing is found")
    parser.add_argument("--keep", action="store_true", help="keep what the last run reached in tests/corpus")
    arguments = parser.parse_args()
    if arguments.keep:
        keep_smallest(arguments.target)
        return
    folder = FOLDER / arguments.target
    folder.mkdir(parents=True, exist_ok=True)
    for name, data in seeds(arguments.target).items():
        (folder / name).write_bytes(data)
    for name, keep in (("anew", False), ("kept", True)):
        settings = Settings.of(load=SMALL, output={"keep_blocks": keep, "format": "same"})
        models = {"age_estimator": FixedAge(9), "independent_check": Blind()}
        BLURRERS[name] = pipeline.Blurrer(settings, detectors=(FixedFaces(FACE),), **models)
    audit.blurrer_of = lambda *_: BLURRERS["anew"]
    audit.frames_of = lambda _: ()  # videos have processes of their own
    limits = [f"-timeout={SECONDS}", f"-rss_limit_mb={MEGABYTES}", f"-max_len={LONGEST}"]
    options = [f"-max_total_time={arguments.seconds}", f"-artifact_prefix={FOLDER}/{arguments.target}-", "-verbosity=1"]
    atheris.Setup([sys.argv[0], str(folder), *limits, *options], TARGETS[arguments.target])
    atheris.Fuzz()


if __name__ == "__main__":
    main()
