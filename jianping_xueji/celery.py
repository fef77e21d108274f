"""The Celery application. It only rings: what is to be done stands in the Job rows."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "jianping_xueji.settings")

app = Celery("jianping_xueji")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
