from django.contrib import admin
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect

from accounts.policies import school_ids_where
from accounts.views import sign_out


def may_fix(user) -> bool:
    """A live appointment as data administrator; flags of the account and groups alone open nothing."""
    return user.is_active and bool(school_ids_where(user, "fix_data"))


class DataFixSite(admin.AdminSite):
    """The admin, open to data administrators only; it uses the sign-in page of the system."""

    site_header = "建平县学籍管理 · 数据更正"
    site_title = "数据更正"
    index_title = "可更正的数据（每次更正须写明理由，改前改后留存）"
    enable_nav_sidebar = False
    index_template = "admin/tables.html"

    def has_permission(self, request):
        return may_fix(request.user)

    def login(self, request, extra_context=None):
        """Whoever is signed in and still comes here lacks the right; others sign in first."""
        if request.user.is_authenticated:
            raise PermissionDenied("管理后台只对在任的数据管理员开放。")
        return redirect_to_login(request.GET.get("next", "/"))

    def password_change(self, request, extra_context=None):
        return redirect("accounts:password")

    def logout(self, request, extra_context=None):
        return sign_out(request)


site = DataFixSite()
