from django.apps import AppConfig


class VaultConfig(AppConfig):
    name = "jianping_xueji.vault"
    label = "vault"
    verbose_name = "保密数据"

    def ready(self):
        from jianping_xueji.audit import signatures

        from . import checks  # noqa: F401 — registers the system check
        from .columns import opened_if_sound

        signatures.rows_are_read_by(opened_if_sound)
