"""Settings of the test run; loaded before Django reads its settings."""

import os
import tempfile

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
os.environ.setdefault("SECRET_KEY", "test-only")
os.environ.setdefault("PAYMENT_PROVIDER", "demo")
os.environ.setdefault("DEMO", "1")
os.environ.setdefault("EMBEDDED_WORKER", "0")
# A thread would not see the rows of a test's transaction.
os.environ.setdefault("VOTE_WRITER_THREAD", "0")
os.environ.setdefault("EMAIL_URL", "memorymail://")
os.environ.setdefault("LOG_LEVEL", "ERROR")
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
os.environ.setdefault("DATA_DIR", tempfile.mkdtemp(prefix="toile-test-"))
# Nothing is collected for tests: plain names, served from the sources.
os.environ.setdefault("STATIC_ROOT", tempfile.mkdtemp(prefix="toile-static-"))
