from django.urls import path

from .views import exports

app_name = "exports"
urlpatterns = [
    path("", exports.exports, name="list"),
    path("new/", exports.new, name="new"),
    path("trace/", exports.trace, name="trace"),
    path("take/<str:token>/", exports.take, name="take"),
    path("<int:pk>/", exports.one, name="request"),
    path("<int:pk>/decide/", exports.decide, name="decide"),
    path("<int:pk>/make/", exports.make, name="make"),
]
