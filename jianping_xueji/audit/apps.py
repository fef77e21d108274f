from django.apps import AppConfig
from django.db.models.signals import post_migrate


class AuditConfig(AppConfig):
    name = "jianping_xueji.audit"
    label = "audit"
    verbose_name = "审计"

    def ready(self):
        from . import checks  # noqa: F401 — registers the system check
        from .watching import watch_all  # models are ready now

        # As Django's own permissions: whatever table a migration brings is watched before anybody writes to it.
        # The signal comes once for every app when all have migrated: once is enough.
        post_migrate.connect(watch_all, sender=self, dispatch_uid="audit.watch_all")
