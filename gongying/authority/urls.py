from django.urls import path

from gongying.authority.views import approvals, figures, grants

app_name = "authority"

urlpatterns = [
    path("grants/", grants.index, name="grant-index"),
    path("grants/new/", grants.new, name="grant-new"),
    path("grants/create/", grants.create, name="grant-create"),
    path("grants/<int:grant_id>/", grants.show, name="grant-show"),
    path("grants/<int:grant_id>/edit/", grants.edit, name="grant-edit"),
    path("grants/<int:grant_id>/update/", grants.update, name="grant-update"),
    path("grants/<int:grant_id>/destroy/", grants.destroy, name="grant-destroy"),
    path("approvals/", approvals.index, name="approval-index"),
    path("approvals/figures/", figures.show, name="figures-show"),
    path("approvals/figures/rows/", figures.rows, name="figure-rows"),
    path("approvals/<int:approval_id>/", approvals.show, name="approval-show"),
    path("approvals/<int:approval_id>/grant/", approvals.grant, name="approval-grant"),
    path("approvals/<int:approval_id>/refuse/", approvals.refuse, name="approval-refuse"),
    path("approvals/<int:approval_id>/withdraw/", approvals.withdraw, name="approval-withdraw"),
]
