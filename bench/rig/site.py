"""The site as the measured one: a folder and a database of its own, and people who are signed in.

Import this first: it sets the environment that Django's settings read.
"""

import atexit
import os
import shutil
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
FOLDER = Path(tempfile.mkdtemp(prefix="toile-bench-"))
atexit.register(shutil.rmtree, FOLDER, ignore_errors=True)
sys.path.insert(0, str(ROOT))
os.environ |= {
    "DEMO": "1",
    "DEBUG": "0",
    "SECRET_KEY": "bench",
    "DATA_DIR": str(FOLDER),
    "DJANGO_SETTINGS_MODULE": "bench.served.settings",
    "PYTHONPATH": str(ROOT),
    "REDIS_URL": "",
}
MODEL_BACKEND = "django.contrib.auth.backends.ModelBackend"


def prepare(database: str = "") -> None:
    """Set Django up on a database with tables: an SQLite file, or the one of that URL."""
    os.environ["DATABASE_URL"] = database or f"sqlite:///{FOLDER}/db.sqlite3"
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)


def fans(count: int) -> list[str]:
    """That many new people with a voter each; the cookies of their sessions."""
    import datetime as dt

    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.models import Session
    from django.utils import timezone

    from fans.models import User, Voter

    first = User.objects.count()
    people = [
        User(email=f"fan{n}@example.com", handle=f"fan{n}", password="!")
        for n in range(first, first + count)
    ]
    User.objects.bulk_create(people)
    Voter.objects.bulk_create([Voter(user=one) for one in people])
    until = timezone.now() + dt.timedelta(days=1)
    sessions = [
        Session(
            session_key=f"bench{one.pk:027d}",
            expire_date=until,
            session_data=Session.get_session_store_class()().encode(
                {
                    SESSION_KEY: str(one.pk),
                    BACKEND_SESSION_KEY: MODEL_BACKEND,
                    HASH_SESSION_KEY: one.get_session_auth_hash(),
                }
            ),
        )
        for one in people
    ]
    Session.objects.bulk_create(sessions)
    return [f"sessionid={session.session_key}" for session in sessions]
