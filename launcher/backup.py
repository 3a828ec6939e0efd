"""`bin/backup [FILE]`: everything in one file, while the system runs."""

from __future__ import annotations

import sys

from launcher import manage

if __name__ == "__main__":
    manage.main(["backup", *sys.argv[1:]], for_pages=False)
