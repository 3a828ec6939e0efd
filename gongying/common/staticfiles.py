from django.contrib.staticfiles.apps import StaticFilesConfig


class OwnStaticFiles(StaticFilesConfig):
    """Without the copies of htmx that django-htmx carries: ours come from npm, and theirs mislead the storage's search
    for `import` lines.
    """

    ignore_patterns = [*StaticFilesConfig.ignore_patterns, "django_htmx"]
