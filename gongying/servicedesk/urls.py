from django.urls import path

from gongying.servicedesk.views import (
    bulk,
    categories,
    entries,
    notes,
    panels,
    papers,
    photos,
    requests,
    responsibilities,
    saved_views,
    steps,
    work_orders,
)

app_name = "servicedesk"

urlpatterns = [
    path("entries/", entries.create, name="entry-create"),
    path("entries/new/", entries.new, name="entry-new"),
    path("entries/suggestions/", entries.suggestions, name="entry-suggestions"),
    path("entries/<int:interaction_id>/", entries.show, name="entry-show"),
    path("requests/", requests.index, name="request-index"),
    path("requests/dispatch/", bulk.dispatch, name="bulk-dispatch"),
    path("requests/transfer/", bulk.transfer, name="bulk-transfer"),
    path("requests/views/", saved_views.create, name="saved-view-create"),
    path("requests/views/<int:view_id>/remove/", saved_views.destroy, name="saved-view-destroy"),
    path("requests/<int:request_id>/", requests.show, name="request-show"),
    path("requests/<int:request_id>/preview/", requests.preview, name="request-preview"),
    path("requests/<int:request_id>/print/", papers.dispatch_slip, name="request-print"),
    path("requests/<int:request_id>/report/", papers.incident_report, name="request-report"),
    path("requests/<int:request_id>/notes/", notes.create, name="note-create"),
    path("requests/<int:request_id>/photos/", photos.create, name="photo-create"),
    path("requests/<int:request_id>/steps/<slug:step>/", steps.of_request, name="request-step"),
    path("jobs/", work_orders.index, name="work-order-index"),
    path("jobs/<int:work_order_id>/", work_orders.show, name="work-order-show"),
    path("jobs/<int:work_order_id>/steps/<slug:step>/", steps.of_work_order, name="work-order-step"),
    path("units/<int:unit_id>/matters/", panels.of_unit, name="unit-panel"),
    path("customers/<int:party_id>/matters/", panels.of_party, name="party-panel"),
    path("settings/categories/", categories.index, name="category-index"),
    path("settings/categories/new/", categories.new, name="category-new"),
    path("settings/categories/<int:category_id>/", categories.edit, name="category-edit"),
    path("settings/responsibilities/new/", responsibilities.new, name="responsibility-new"),
    path("settings/responsibilities/<int:rule_id>/", responsibilities.edit, name="responsibility-edit"),
    path("settings/responsibilities/<int:rule_id>/remove/", responsibilities.destroy, name="responsibility-destroy"),
]
