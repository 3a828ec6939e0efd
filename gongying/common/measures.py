"""What the processes count, for Prometheus. Several processes of one web server keep theirs in files that all of them read.

`prometheus_client` decides on that when it is loaded: a web process sets `PROMETHEUS_MULTIPROC_DIR` before (`measure_files.py`).
"""

import os
from typing import Final

from prometheus_client import REGISTRY, CollectorRegistry, Counter, Histogram
from prometheus_client.multiprocess import MultiProcessCollector

# Decided when this is loaded, as the library decides.
IN_FILES: Final = bool(os.environ.get("PROMETHEUS_MULTIPROC_DIR"))
BUCKETS: Final = (0.025, 0.05, 0.1, 0.2, 0.3, 0.5, 1, 3, 10)

REQUESTS: Final = Histogram(
    "gongying_request_seconds", "Answering a request", ("view", "method", "status"), buckets=BUCKETS
)
FAILED: Final = Counter("gongying_request_failures", "Requests that ended with an error of ours (500)", ("view",))
SLOW_QUERIES: Final = Counter("gongying_slow_queries", "Statements slower than the threshold of the settings")
LOGGED: Final = Counter("gongying_log_lines", "Logged warnings and errors", ("level",))


def registry() -> CollectorRegistry:
    """Of this process, or of all processes beside it."""
    if not IN_FILES:
        return REGISTRY
    together = CollectorRegistry()
    MultiProcessCollector(together)  # type: ignore[no-untyped-call]
    return together
