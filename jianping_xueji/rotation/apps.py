from django.apps import AppConfig
from django.db.models.signals import post_migrate


class RotationConfig(AppConfig):
    """Stands above everybody, as the tables that hold wrapped keys belong to many apps."""

    name = "jianping_xueji.rotation"
    label = "rotation"
    verbose_name = "主密钥更换"

    def ready(self):
        from .guarding import guard_all

        # Whatever table with a wrapped key a migration brings is guarded before anybody writes to it.
        post_migrate.connect(guard_all, sender=self, dispatch_uid="rotation.guard_all")
