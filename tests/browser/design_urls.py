"""The site with its design page, which is routed only while debugging."""

from django.urls import path

from jianping_xueji.design import design
from jianping_xueji.urls import urlpatterns as site

urlpatterns = [*site, path("design/", design)]
