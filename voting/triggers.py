"""The database's own guard of the ballot log: rows are added, never changed, never taken away."""

from typing import Final

from core.triggers import Guard, never_emptied

LOG: Final = "voting_ballotlog"

SQLITE: Final[dict[str, tuple[str, str]]] = {
    "ballot_log_fixed": (LOG, f"""
        CREATE TRIGGER ballot_log_fixed BEFORE UPDATE ON {LOG}
        BEGIN SELECT RAISE(ABORT, 'ballot log: a change is never edited'); END"""),
    "ballot_log_stays": (LOG, f"""
        CREATE TRIGGER ballot_log_stays BEFORE DELETE ON {LOG}
        BEGIN SELECT RAISE(ABORT, 'ballot log: a change is never deleted'); END"""),
}  # fmt: skip

POSTGRESQL_FUNCTIONS: Final = """
CREATE OR REPLACE FUNCTION ballot_log_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'ballot log: a change is never edited or deleted';
END $$;
""" + never_emptied("ballot_log_guard_truncate", "ballot log: it is never emptied")
POSTGRESQL: Final[dict[str, tuple[str, str]]] = {
    "ballot_log_fixed": (LOG, f"""
        CREATE TRIGGER ballot_log_fixed BEFORE UPDATE OR DELETE ON {LOG}
        FOR EACH ROW EXECUTE FUNCTION ballot_log_guard()"""),
    "ballot_log_kept": (LOG, f"""
        CREATE TRIGGER ballot_log_kept BEFORE TRUNCATE ON {LOG}
        FOR EACH STATEMENT EXECUTE FUNCTION ballot_log_guard_truncate()"""),
}  # fmt: skip

GUARD: Final = Guard("voting", SQLITE, POSTGRESQL, POSTGRESQL_FUNCTIONS)
