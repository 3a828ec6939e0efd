from tests.structure.url_matrix import api

FILES = "customers.view_files"

LINES = [
    api("POST /attachments", allowed=(415, 422), reason="without a file"),
    api("GET /attachments/{attachment_id}", attachment_id="attachment", needs=FILES),
    api("GET /attachments/{attachment_id}/content", attachment_id="attachment", needs=FILES),
]
