from tests.structure.url_matrix import api, page

VIEW = "reports.view_reports"

LINES = [
    page("reports:figure-index", needs=VIEW),
    page("reports:satisfaction-show", needs=VIEW),
    page("reports:figure-workbook", needs=VIEW),
    page("reports:row-index", needs=VIEW, data={"measure": "closed"}),
    page("reports:monthly-show", needs=VIEW),
    page("reports:register-show", key="=touches", needs="interactions.view_interactions"),
    page("reports:register-show", key="=jobs", needs="servicedesk.view_requests"),
    page("reports:spread-show", needs=VIEW),
    page("reports:answer-show", needs=VIEW),
    page("reports:score-index", needs=VIEW, data={"sort": "worker", "line": "1"}),
    page("reports:quality-index", needs=VIEW),
    page("reports:mark-index", needs=VIEW, data={"line": "1"}),
    page("reports:demand-show", needs=VIEW),
    page("reports:waiting-show", needs=VIEW),
    page("reports:waiting-rows", needs=VIEW, data={"line": "9"}),
    page("reports:conduct-show", needs="checklists.inspect_conduct"),
    page("reports:conduct-rows", needs="checklists.inspect_conduct", data={"line": "1", "month": "2026-11"}),
    page("reports:mood-show", needs="moods.see_trend"),
    api("GET /registers/{key}", key="=touches", needs="interactions.view_interactions"),
    api("GET /registers/{key}", key="=orders", needs="servicedesk.view_requests"),
    api("GET /reports/figures", needs=VIEW),
    api("GET /reports/rows", needs=VIEW, data={"measure": "closed"}),
]
