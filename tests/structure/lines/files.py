from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from gongying.files.models import Attachment, AttachmentUse
from tests.structure.url_matrix import Sample, page


def an_attachment(sample: Sample) -> Attachment:
    attachment = Attachment(sha256="0" * 64, name="a.pdf", size=5, mime="application/pdf", by=sample.user)
    if not default_storage.exists(attachment.path):
        default_storage.save(attachment.path, ContentFile(b"%PDF-"))
    attachment.save()
    AttachmentUse.objects.create(attachment=attachment, kind="unit", object_id=sample.unit.pk)
    return attachment


OBJECTS = {"attachment": an_attachment}
FILES = "customers.view_files"

LINES = [
    page("files:attachment-show", attachment_id="attachment", needs=FILES),
    page("files:thumbnail-show", attachment_id="attachment", needs=FILES, allowed=(404,), reason="a PDF has none"),
]
