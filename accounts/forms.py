from django import forms
from django.contrib.auth.forms import AuthenticationForm, PasswordChangeForm
from django.contrib.auth.password_validation import password_validators_help_texts

from jianping_xueji.audit.address import address_of

from .identity import sessions, throttle

SEALED = "账号已九十天没有使用，已经封存。请由本单位书面说明，联系县教育局数据管理员启封。"
WRONG = "用户名或密码不对，请核对后重新输入。忘记密码请联系县教育局数据管理员重设。"


class SignInForm(AuthenticationForm):
    """Sign-in. An unknown name, a wrong password and a closed account get the same sentence."""

    error_messages = {"invalid_login": WRONG, "inactive": WRONG}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["username"].label = "用户名"
        self.fields["password"].label = "密码"

    def clean(self):
        """Wait first, where there were many failures; only who knows the password learns that an account is sealed."""
        account, address = self.cleaned_data.get("username", ""), address_of(self.request)
        if account and (wait := throttle.wait_before(account, address)):
            raise forms.ValidationError(throttle.words(wait), code="wait")
        cleaned = super().clean()
        if account and self.get_user():
            throttle.forget(account, address)
        return cleaned

    def confirm_login_allowed(self, user):
        super().confirm_login_allowed(user)
        if sessions.is_sealed(user):
            raise forms.ValidationError(SEALED, code="sealed")


class NewPasswordForm(PasswordChangeForm):
    """Change of one's own password; the rules are told before anybody breaks them."""

    error_messages = PasswordChangeForm.error_messages | {
        "password_incorrect": "原密码不对，请重新输入。",
        "password_mismatch": "两次输入的新密码不一致。",
    }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        labels = {"old_password": "原密码", "new_password1": "新密码", "new_password2": "再输一次新密码"}
        for name, label in labels.items():
            self.fields[name].label = label
        self.fields["new_password1"].help_text = (
            "；".join(text.rstrip("。") for text in password_validators_help_texts()) + "。"
        )
        self.fields["new_password2"].help_text = ""
        self.fields["new_password1"].widget = forms.PasswordInput(attrs={"autocomplete": "new-password"})
