"""The pages of the jobs app alone, so that its stories do not depend on the rest of the site."""

from django.urls import include, path

urlpatterns = [path("jobs/", include("jianping_xueji.jobs.urls"))]
