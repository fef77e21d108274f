"""The web server inside the image."""

import os

bind = "0.0.0.0:8000"
workers = int(os.environ.get("WEB_WORKERS", "3"))
worker_class = "gthread"
threads = 4
timeout = 60
graceful_timeout = 20
control_socket_disable = True
accesslog = "-"
# Without the query string, which may hold a child's name.
access_log_format = "%(t)s %(m)s %(U)s %(s)s %(M)sms"
