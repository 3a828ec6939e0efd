from django.utils.translation import gettext_lazy as _

PERMISSIONS = {"reports.view_reports": _("see reports")}
