from tests.structure.url_matrix import page

LINES = [
    page("workbench:home-show"),
]
