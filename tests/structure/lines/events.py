from tests.structure.url_matrix import page

LINES = [
    page("events:timeline-index", kind="=unit", pk="unit", needs="customers.view_files"),
    page("events:timeline-index", kind="=customer", pk="party", needs="customers.view_files"),
]
