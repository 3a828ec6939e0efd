from datetime import date

from gongying.servicedesk.models import QualitySample, SampleDraw
from tests.structure.lines.servicedesk import a_request
from tests.structure.url_matrix import Sample, action, api, page

INSPECT = "servicedesk.inspect_samples"


def a_sample(sample: Sample) -> QualitySample:
    draw, _is_new = SampleDraw.objects.get_or_create(
        project=sample.unit.project, week=date(2026, 11, 9), defaults={"finished": 1}
    )
    return QualitySample.objects.create(draw=draw, service_request=a_request(sample))


OBJECTS = {"sample": a_sample}

LINES = [
    page("servicedesk:sample-index", needs=INSPECT),
    page("servicedesk:sample-inspect", sample_id="sample", needs=INSPECT),
    action("servicedesk:sample-inspect", sample_id="sample", needs=INSPECT, data={"passed": "1"}),
    api("GET /quality-samples", needs=INSPECT),
    api("POST /quality-samples/{sample_id}/inspection", sample_id="sample", needs=INSPECT, data={"passed": True}),
]
