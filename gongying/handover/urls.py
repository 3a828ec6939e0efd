from django.urls import path

from gongying.handover.views import batches, defects, units

app_name = "handover"

urlpatterns = [
    path("handovers/", batches.index, name="batch-index"),
    path("handovers/new/", batches.new, name="batch-new"),
    path("handovers/<int:batch_id>/", batches.show, name="batch-show"),
    path("handovers/<int:batch_id>/defects/new/", defects.new_common, name="common-defect-new"),
    path("handovers/units/<int:handover_id>/", units.show, name="unit-show"),
    path("handovers/units/<int:handover_id>/arrange/", units.arrange, name="unit-arrange"),
    path("handovers/units/<int:handover_id>/inspect/", units.inspect, name="unit-inspect"),
    path("handovers/units/<int:handover_id>/hand-over/", units.hand_over, name="unit-hand-over"),
    path("handovers/units/<int:handover_id>/refuse/", units.refuse, name="unit-refuse"),
    path("handovers/units/<int:handover_id>/paper/", units.paper, name="unit-paper"),
    path("handovers/units/<int:handover_id>/defects/new/", defects.new_of_unit, name="unit-defect-new"),
    path("units/<int:unit_id>/handover/", units.panel, name="unit-panel"),
    path("defects/", defects.index, name="defect-index"),
    path("defects/<int:defect_id>/", defects.show, name="defect-show"),
    path("defects/<int:defect_id>/mend/", defects.mend, name="defect-mend"),
    path("defects/<int:defect_id>/accept/", defects.accept, name="defect-accept"),
    path("defects/<int:defect_id>/reject/", defects.reject, name="defect-reject"),
    path("defects/<int:defect_id>/drop/", defects.drop, name="defect-drop"),
]
