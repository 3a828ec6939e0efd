"""The web process: pages and API."""

import gc
import os

from django.core.wsgi import get_wsgi_application

from config.settings import VAR_DIR
from gongying.common.loading import load_pages
from gongying.common.measure_files import share_measures

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
share_measures(VAR_DIR)
application = get_wsgi_application()
load_pages()
# What is loaded now stays: the collector need not walk through it again and again.
gc.collect()
gc.freeze()
