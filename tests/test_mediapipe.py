"""MediaPipe is opened without what it does not need here."""

import subprocess
import sys

import pytest

OPEN = """
import subprocess, sys
started = []
subprocess.Popen.__init__ = lambda self, *args, **options: started.append(args) or (_ for _ in ()).throw(OSError("no"))
{before}
from blurkit.detect.mediapipe import MediaPipeNetwork
from mediapipe.tasks.python.audio.core import audio_record
MediaPipeNetwork().close()
print(len(started), "sounddevice" in sys.modules)
"""


def opened(before=""):
    pytest.importorskip("mediapipe", reason="there is no build of mediapipe for this system")
    done = subprocess.run([sys.executable, "-c", OPEN.format(before=before)], capture_output=True, text=True)
    return done.stdout.split()


@pytest.mark.model
def test_opening_mediapipe_starts_no_program_and_loads_no_sound():
    order = "from blurkit.detect.mediapipe import MediaPipeNetwork; MediaPipeNetwork().close()"
    assert opened(order) == ["0", "False"]


@pytest.mark.model
@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere a sound library is found without a program")
def test_mediapipe_by_itself_would_start_programs():
    programs, _ = opened("import mediapipe.tasks.python")
    assert int(programs) > 0
