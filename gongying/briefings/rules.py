from django.utils.translation import gettext_lazy as _

SEND_NOTICES = "briefings.send_notices"
HEAR_REPORTS = "briefings.hear_reports"

PERMISSIONS = {
    SEND_NOTICES: _("send notices to the staff of a project, and see who has not read them"),
    HEAR_REPORTS: _("hear and answer what the staff of a project report upwards"),
}
