from django.apps import AppConfig


class SchoolsConfig(AppConfig):
    name = "schools"
    verbose_name = "学校与学位"

    def ready(self):
        from . import lookups  # noqa: F401 — registers `__among`
