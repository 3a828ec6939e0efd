"""`bin/test`: everything. `bin/test tests/servicedesk -k close`: only these tests. `bin/test --requirements`: what they show."""

from __future__ import annotations

import contextlib
import hashlib
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from launcher import places, suite
from launcher.suite import Step, Suite

STAMP = suite.RESULTS / "tree.txt"


def tree() -> str:
    """Identify the state of the files, so that kept results are known to be of it. Empty where git cannot tell."""
    digest = hashlib.sha256()
    for command in (["rev-parse", "HEAD"], ["diff", "HEAD"], ["ls-files", "--others", "--exclude-standard"]):
        answer = subprocess.run(["git", *command], cwd=places.ROOT, capture_output=True, check=False)
        if answer.returncode:
            return ""
        digest.update(answer.stdout)
        if command[0] == "ls-files":
            for name in answer.stdout.decode().splitlines():
                path = places.ROOT / name
                digest.update(path.read_bytes() if path.is_file() else b"")
    return digest.hexdigest()


def run_everything() -> int:
    before = tree()
    code = suite.main(Suite.run_all, quick=False)
    if before and before == tree() and suite.RESULTS.is_dir():
        STAMP.write_text(before)
    return code


def run_selected(chosen: Sequence[str]) -> int:
    def run(one: Suite) -> None:
        STAMP.unlink(missing_ok=True)
        for path in suite.RESULTS.glob("*.json"):
            path.unlink()
        suite.RESULTS.mkdir(parents=True, exist_ok=True)
        workers = [] if any(word.startswith("-n") for word in chosen) else suite.BOTH_CORES
        one.run([Step("tests", suite.pytest("tests", *workers, *chosen))])

    return suite.main(run, quick=False)


@contextlib.contextmanager
def stdout_on_stderr() -> Iterator[None]:
    """Send what we and the programs we start print to the other stream: the first is kept for the answer."""
    sys.stdout.flush()
    kept = os.dup(1)
    os.dup2(2, 1)
    try:
        yield
    finally:
        sys.stdout.flush()
        os.dup2(kept, 1)
        os.close(kept)


def print_requirements() -> int:
    """Print the requirement rows of which every test passed, one a line; runs the tests first if none were run on these files."""
    code = 0
    if not (STAMP.exists() and STAMP.read_text() == tree()):
        with stdout_on_stderr():
            code = run_everything()
    shown: dict[str, bool] = {}
    for result in suite.kept_results():
        for row, passed in result["requirements"].items():
            shown[row] = shown.get(row, True) and passed
    for row in sorted(row for row, passed in shown.items() if passed):
        print(row)
    return code


def main(given: Sequence[str]) -> int:
    if "--requirements" in given:
        return print_requirements()
    if given:
        return run_selected(
            [str(Path(word).resolve()) if Path(word.partition("::")[0]).exists() else word for word in given]
        )
    return run_everything()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
