from django.apps import AppConfig


class SuspensionsConfig(AppConfig):
    name = "suspensions"
    verbose_name = "休学复学与离校"
