from tests.structure.url_matrix import action

EVERYBODY = "each tells her own mood"

LINES = [
    action("moods:mood-create", data={"mood": "4"}, reason=EVERYBODY),
    action("moods:mood-decline", reason=EVERYBODY),
]
