"""`bin/check`: what a machine sees in less than a minute. Run it before every commit."""

from __future__ import annotations

import sys

from launcher import suite

if __name__ == "__main__":
    sys.exit(suite.main(suite.Suite.run_all, quick=True))
