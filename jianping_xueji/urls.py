from django.conf import settings
from django.urls import include, path

from jianping_xueji.data_fixes.urls import urls as data_fixes
from jianping_xueji.health import healthz

urlpatterns = [
    path("healthz", healthz, name="healthz"),
    path("admin/", data_fixes),
    path("jobs/", include("jianping_xueji.jobs.urls")),
    path("transfers/", include("transfers.urls")),
    path("placements/", include("transfers.placement_urls")),
    path("closings/", include("transfers.closing_urls")),
    path("suspensions/", include("suspensions.urls")),
    path("dropout/", include("suspensions.dropout_urls")),
    path("archives/", include("archives.urls")),
    path("custody/", include("archives.custody.urls")),
    path("evidence/", include("archives.evidence.urls")),
    path("supervision/", include("supervision.urls")),
    path("exports/", include("supervision.export_urls")),
    path("leavers/", include("suspensions.leavers_board.urls")),
    path("", include("accounts.urls")),
    path("intake/", include("students.intake.urls")),
    path("agreement/", include("students.agreement.urls")),
    path("", include("students.urls")),
    path("", include("reports.urls")),
    path("", include("approvals.urls")),
]

if settings.DEBUG:
    from jianping_xueji.design import design

    urlpatterns += [path("design/", design)]
