from tests.structure.url_matrix import api

LINES = [
    api("GET /timeline/{kind}/{subject_id}", kind="=unit", subject_id="unit", needs="customers.view_files"),
]
