from django.apps import AppConfig


class VaultConfig(AppConfig):
    name = "jianping_xueji.vault"
    label = "vault"
    verbose_name = "保密数据"

    def ready(self):
        from . import checks  # noqa: F401 — registers the system check
