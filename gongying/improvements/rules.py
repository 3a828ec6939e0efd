from django.utils.translation import gettext_lazy as _

PERMISSIONS = {
    "improvements.view_items": _("see improvement items"),
    "improvements.manage_items": _("open and finish improvement items"),
}
