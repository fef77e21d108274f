from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class ApprovalsConfig(AppConfig):
    name = "approvals"
    verbose_name = "办理"

    def ready(self):
        autodiscover_modules("deadlines")
