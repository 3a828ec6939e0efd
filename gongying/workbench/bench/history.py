"""What former runs found, kept in `var/bench/`, so that the next one says what became better or worse."""

import json
from pathlib import Path
from typing import Any, NamedTuple

from django.conf import settings
from django.utils import timezone

KEPT = 20
WORSE = 1.1

Run = dict[str, Any]


class Former(NamedTuple):
    """The newest run that measured the same line over as many rows."""

    at: str
    value: float

    def change(self, value: float) -> float:
        return value / self.value if self.value else 1.0

    def is_worse(self, value: float) -> bool:
        return self.change(value) > WORSE


class History:
    def __init__(self, folder: Path | None = None) -> None:
        self.folder = folder or Path(settings.VAR_DIR) / "bench"
        self._runs: list[Run] = [json.loads(path.read_text(encoding="utf-8")) for path in reversed(self._files())]

    def former(self, figure: dict[str, Any]) -> Former | None:
        for run in self._runs:
            for known in run["figures"]:
                if (known["operation"], known["rows"]) == (figure["operation"], figure["rows"]):
                    return Former(run["at"], value_of(known))
        return None

    def keep(self, run: Run) -> Path:
        self.folder.mkdir(parents=True, exist_ok=True)
        path = self.folder / f"{timezone.localtime():%Y%m%d-%H%M%S}.json"
        path.write_text(json.dumps(run, indent=1, ensure_ascii=False), encoding="utf-8")
        for old in self._files()[:-KEPT]:
            old.unlink()
        return path

    def _files(self) -> list[Path]:
        return sorted(self.folder.glob("*.json"))


def value_of(figure: dict[str, Any]) -> float:
    """What is compared: the ratio to the floor, which hardly depends on the machine; else the time."""
    return float(next(figure[name] for name in ("ratio", "seconds", "milliseconds") if name in figure))
