import os
import subprocess
import sys

import pytest
from django.conf import settings as django_settings

from config.checks import installation

PRODUCTION = {
    "DEBUG": False,
    "DEMO": False,
    "HTTPS": True,
    "REDIS_URL": "",
    "WEB_CONCURRENCY": 1,
    "EMBEDDED_WORKER": True,
    "SECRET_KEY": "k8-Yq3vT_r" * 6,
    "ALLOWED_HOSTS": ["toile.example.com"],
    "PUBLIC_URL": "https://toile.example.com",
    "STRIPE_API_KEY": "sk_live_1",
    "STRIPE_WEBHOOK_SECRET": ["whsec_1"],
    "STRIPE_API_BASE": "",
    "PAYMENT_PROVIDER": "stripe",
    "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
}
# What is changed, and the check that must say so.
WRONG = [
    ({"WEB_CONCURRENCY": 4}, "toile.E001"),
    ({"EMBEDDED_WORKER": False}, "toile.W001"),
    ({"DEMO": True}, "toile.E002"),
    ({"PAYMENT_PROVIDER": "demo"}, "toile.E003"),
    ({"DEBUG": True}, "toile.E004"),
    ({"SECRET_KEY": "insecure-development-key" + "x" * 60}, "toile.E005"),
    ({"SECRET_KEY": "short"}, "toile.E005"),
    ({"ALLOWED_HOSTS": ["*"]}, "toile.E006"),
    ({"ALLOWED_HOSTS": []}, "toile.E006"),
    ({"STRIPE_WEBHOOK_SECRET": []}, "toile.E008"),
    ({"STRIPE_API_KEY": ""}, "toile.W003"),
    ({"STRIPE_API_BASE": "http://127.0.0.1:1"}, "toile.E009"),
    ({"PUBLIC_URL": "http://127.0.0.1:8000"}, "toile.E007"),
    ({"EMAIL_BACKEND": "django.core.mail.backends.console.EmailBackend"}, "toile.W002"),
]


def found(settings, changes):
    for name, value in {**PRODUCTION, **changes}.items():
        setattr(settings, name, value)
    return [message.id for message in installation()]


def test_a_right_installation_has_nothing_to_say(settings):
    assert found(settings, {}) == []


@pytest.mark.parametrize(("changes", "check"), WRONG, ids=[check for _, check in WRONG])
def test_what_is_wrong_is_named(settings, changes, check):
    assert found(settings, changes) == [check]


def test_several_processes_are_fine_with_redis(settings):
    changes = {"WEB_CONCURRENCY": 4, "EMBEDDED_WORKER": False, "REDIS_URL": "redis://r"}
    assert found(settings, changes) == []


def test_deploy_checks_are_clean_with_production_settings(tmp_path):
    result = manage(tmp_path, "check", "--deploy", "--fail-level", "WARNING")
    assert result.returncode == 0, result.stderr
    assert "no issues" in result.stdout


def test_a_stripe_key_alone_turns_stripe_on_and_lets_forms_lead_there(tmp_path):
    shown = "print(s.PAYMENT_PROVIDER, *s.CONTENT_SECURITY_POLICY['DIRECTIVES']['form-action'])"
    code = f"from django.conf import settings as s; {shown}"
    result = manage(tmp_path, "shell", "--no-imports", "-c", code, PAYMENT_PROVIDER=None)
    hosts = "https://checkout.stripe.com https://hooks.stripe.com"
    assert result.stdout.strip() == f"stripe 'self' {hosts}", result.stderr


def test_an_unsafe_installation_does_not_start(tmp_path):
    result = manage(tmp_path, "serve", SECRET_KEY="short")
    assert result.returncode != 0
    assert "toile.E005" in result.stderr


def test_without_a_key_nothing_starts(tmp_path):
    result = manage(tmp_path, "check", SECRET_KEY="")
    assert result.returncode != 0
    assert "Set SECRET_KEY" in result.stderr


def manage(folder, *arguments, **changes):
    """`manage.py` in production, in a process of its own."""
    environment = {
        "PATH": os.environ["PATH"],
        "DATA_DIR": str(folder),
        "SECRET_KEY": "k8-Yq3vT_r" * 6,
        "ALLOWED_HOSTS": "toile.example.com",
        "PUBLIC_URL": "https://toile.example.com",
        "EMAIL_URL": "smtp+tls://mailer:pass@mail.example.com:587",
        "STRIPE_API_KEY": "sk_test_1",
        "STRIPE_WEBHOOK_SECRET": "whsec_1",
        "PAYMENT_PROVIDER": "stripe",
        **changes,
    }
    environment = {name: value for name, value in environment.items() if value is not None}
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=django_settings.BASE_DIR,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
