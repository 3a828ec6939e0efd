from django.urls import path

from gongying.reports.views import conduct, figures, headlines, moods, papers, patterns, registers, waiting

app_name = "reports"

urlpatterns = [
    path("reports/", figures.index, name="figure-index"),
    path("reports/workbook/", figures.workbook, name="figure-workbook"),
    path("reports/rows/", figures.rows, name="row-index"),
    path("reports/satisfaction/", headlines.satisfaction, name="satisfaction-show"),
    path("reports/monthly/", papers.monthly, name="monthly-show"),
    path("reports/registers/<slug:key>/", registers.show, name="register-show"),
    path("reports/spread/", patterns.spread, name="spread-show"),
    path("reports/spread/rows/", patterns.scores, name="score-index"),
    path("reports/answers/", patterns.answers, name="answer-show"),
    path("reports/qualities/", patterns.qualities, name="quality-index"),
    path("reports/qualities/rows/", patterns.marks, name="mark-index"),
    path("reports/waiting/", waiting.show, name="waiting-show"),
    path("reports/waiting/rows/", waiting.rows, name="waiting-rows"),
    path("reports/conduct/", conduct.show, name="conduct-show"),
    path("reports/conduct/rows/", conduct.rows, name="conduct-rows"),
    path("reports/mood/", moods.show, name="mood-show"),
    path("reports/demand/", patterns.demand, name="demand-show"),
]
