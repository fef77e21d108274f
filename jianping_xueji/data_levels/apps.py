from django.apps import AppConfig


class DataLevelsConfig(AppConfig):
    """The levels are looked at whenever the system is checked."""

    name = "jianping_xueji.data_levels"
    verbose_name = "数据分级"

    def ready(self):
        from . import checks  # noqa: F401
