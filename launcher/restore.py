"""`bin/restore FILE`: that file into an empty installation."""

from __future__ import annotations

import sys

from launcher import manage

if __name__ == "__main__":
    manage.main(["restore", *sys.argv[1:]], for_pages=False)
