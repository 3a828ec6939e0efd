from tests.structure.url_matrix import api

LINES = [
    api("GET /me"),
]
