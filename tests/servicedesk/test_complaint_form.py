"""The printed form of a complaint: what each stage found, and who."""

import pytest

from gongying.servicedesk.complaint_paper import complaint_lines
from tests.servicedesk.walks import complaint_in, url


@pytest.mark.parametrize("paper", ["a4", "a5"])
@pytest.mark.requirement("E-048")
def test_the_complaint_form_says_what_each_stage_found_and_who(cast, register, client_of, paper):
    long_one = "保安态度恶劣，" * 200
    complaint = complaint_in("closed", cast, register, text=long_one, caller_name="周先生", requested_remedy="书面道歉")
    lines = {str(line.label): line for line in complaint_lines(complaint, paper=paper)}

    assert list(lines) == [
        "Matter", "Remedy asked for", "Verification", "Handling", "Feedback", "Follow-up", "Improvement",
    ]  # fmt: skip
    assert lines["Matter"].text.startswith("保安态度恶劣")
    assert len(lines["Matter"].text) == {"a4": 300, "a5": 85}[paper]
    assert lines["Remedy asked for"].text == "书面道歉"
    assert lines["Verification"].text == "属实 · ordinary · attributable"
    assert lines["Verification"].signed.startswith(str(cast.supervisor))
    assert lines["Feedback"].text == "phone · 已批评教育"
    assert lines["Follow-up"].text == "solved, 5/5"
    assert lines["Improvement"].signed.startswith(str(cast.supervisor))
    page = client_of(cast.supervisor).get(url("complaint-print", complaint.pk), {"paper": paper})
    assert f'class="paper paper-{paper}"' in page.content.decode()
    assert "书面道歉" in page.content.decode()


def test_the_complaint_form_leaves_to_the_pen_what_is_not_done(cast, register, client_of):
    complaint = complaint_in("received", cast, register, is_anonymous=True)
    page = client_of(cast.supervisor).get(url("complaint-print", complaint.pk), {"paper": "a3"})

    assert page.context["paper"] == "a4"
    assert [line.text for line in page.context["lines"][1:]] == [""] * 6
    assert page.content.decode().count('class="tall"') == 6


def test_only_a_complaint_has_a_complaint_form(cast, register, client_of):
    assert client_of(cast.supervisor).get(url("complaint-print", register().pk)).status_code == 404
