"""How fast the daily pages are, as ratios to a bare Django page measured in the same minute (`bin/bench`).

Milliseconds depend on the machine; a ratio to the floor hardly does. The floor (`floor.py`) is what Django's own
`startproject` would serve over the same table: its default middleware, a log-in check, one indexed query of fifty rows,
one bare template. Ours goes through the whole product: our middleware, scope, permissions, frame, real page. Both are
called in this process through WSGI, turn by turn, after a warm-up; medians are compared.
"""
