from django.conf import settings
from django.contrib import admin
from django.urls import include, path

from jianping_xueji.health import healthz

urlpatterns = [
    path("healthz", healthz, name="healthz"),
    path("admin/", admin.site.urls),
    path("jobs/", include("jianping_xueji.jobs.urls")),
    path("transfers/", include("transfers.urls")),
    path("", include("approvals.urls")),
]

if settings.DEBUG:
    from jianping_xueji.design import design

    urlpatterns += [path("design/", design)]
