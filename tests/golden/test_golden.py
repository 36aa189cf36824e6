"""What users read and programs rely on, word for word; `make golden` accepts what has changed on purpose."""

import os
from pathlib import Path

import pytest

from blurkit.choices import PRESETS
from blurkit.policy import explain
from blurkit.settings import load_policy, policy_toml
from tests.test_report import ADULT, CHILD, SMALL, Status, failure, report, result

HERE = Path(__file__).parent


def example():
    """Return a report of a run with every kind of outcome."""
    removed = ("GPS position", "thumbnail 160x120")
    done = [result(ADULT, CHILD, removed=removed), result(SMALL, status=Status.LOOK), failure()]
    return report(*done, failure(Status.BLOCKED), companions={"videos of Live Photos": 2}, skipped=1)


GOLDEN = {
    "report.json": lambda: example().to_json(),
    "summary.txt": lambda: example().summary(written=True) + "\n",
    "summary-dry-run.txt": lambda: example().summary(written=False) + "\n",
    **{f"policy-{name}.toml": lambda name=name: policy_toml(load_policy(name)) for name in PRESETS},
    **{f"policy-{name}.txt": lambda name=name: "\n".join(explain(load_policy(name))) + "\n" for name in PRESETS},
}


@pytest.mark.parametrize("name", GOLDEN)
def test_the_words_are_those_that_were_accepted(name):
    text = GOLDEN[name]()
    if os.environ.get("BLURKIT_GOLDEN") == "write":
        (HERE / name).write_text(text, encoding="utf-8")
    if (HERE / name).read_text(encoding="utf-8") != text:
        (HERE / "actual").mkdir(exist_ok=True)
        (HERE / "actual" / name).write_text(text, encoding="utf-8")
        pytest.fail(f"{name} has changed, see tests/golden/actual; `make golden` accepts it")


def test_no_golden_is_left_over():
    assert {path.name for path in HERE.iterdir() if path.suffix in (".json", ".toml", ".txt")} <= set(GOLDEN)
