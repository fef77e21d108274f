"""The pages of the jobs app alone, so that its stories do not depend on the rest of the site."""

from django.http import HttpResponseNotFound
from django.urls import include, path

urlpatterns = [path("jobs/", include("jianping_xueji.jobs.urls"))]


def handler404(request, exception):
    return HttpResponseNotFound()
