from django.apps import AppConfig


class LawConfig(AppConfig):
    name = "law"
    verbose_name = "办法与期限"
