from django.urls import path

from gongying.fitouts.views import files, papers, steps, works

app_name = "fitouts"

urlpatterns = [
    path("fit-outs/", files.index, name="file-index"),
    path("fit-outs/new/", files.create, name="file-create"),
    path("fit-outs/<int:fit_out_id>/", files.show, name="file-show"),
    path("fit-outs/<int:fit_out_id>/edit/", files.edit, name="file-edit"),
    path("fit-outs/<int:fit_out_id>/permit/", steps.permit, name="file-permit"),
    path("fit-outs/<int:fit_out_id>/refuse/", steps.refuse, name="file-refuse"),
    path("fit-outs/<int:fit_out_id>/withdraw/", steps.withdraw, name="file-withdraw"),
    path("fit-outs/<int:fit_out_id>/extend/", steps.extend, name="file-extend"),
    path("fit-outs/<int:fit_out_id>/extend/refuse/", steps.refuse_extension, name="extension-refuse"),
    path("fit-outs/<int:fit_out_id>/accept/", steps.accept, name="file-accept"),
    path("fit-outs/<int:fit_out_id>/deposit/", steps.deposit, name="file-deposit"),
    path("fit-outs/<int:fit_out_id>/look/", works.look, name="file-look"),
    path("fit-outs/<int:fit_out_id>/violation/", works.violation, name="file-violation"),
    path("fit-outs/<int:fit_out_id>/passes/new/", works.release, name="pass-create"),
    path("fit-outs/<int:fit_out_id>/passes/<int:pass_id>/", works.link, name="pass-link"),
    path("fit-outs/<int:fit_out_id>/workers/new/", works.worker, name="worker-create"),
    path("fit-outs/workers/<int:worker_id>/end/", works.end, name="worker-end"),
    path("fit-outs/<int:fit_out_id>/paper/", papers.permit, name="file-paper"),
    path("fit-outs/<int:fit_out_id>/badges/", papers.badges, name="file-badges"),
    path("fit-outs/of-unit/<int:unit_id>/", files.of_unit, name="unit-chip"),
]
