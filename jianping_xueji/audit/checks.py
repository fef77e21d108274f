"""The application must not be able to seal: neither by its login nor by knowing the other's."""

from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import Error, register

HINT = "封存登录（xueji_seal）由数据库管理员建立，见 docker/roles.sh；地址写入 DATABASE_SEAL_URL，只给封存进程。"


@register
def sealing_has_a_login_of_its_own(app_configs, **options) -> list[Error]:
    """An error where the sealing login is the one this process works with."""
    sealing = urlsplit(settings.DATABASE_SEAL_URL).username
    if sealing and sealing == settings.DATABASES["default"]["USER"]:
        return [Error("DATABASE_SEAL_URL 与 DATABASE_URL 是同一个数据库登录。", hint=HINT, id="audit.E001")]
    return []
