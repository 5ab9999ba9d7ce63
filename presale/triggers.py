"""The database's own guard of the books: append-only, balanced at the seal, nothing afterwards."""

from typing import Final

from core.triggers import Guard, never_emptied

TX, ENTRY = "presale_ledgertx", "presale_ledgerentry"

SQLITE: Final[dict[str, tuple[str, str]]] = {
    "ledger_tx_starts_open": (TX, f"""
        CREATE TRIGGER ledger_tx_starts_open BEFORE INSERT ON {TX} WHEN NEW.is_sealed
        BEGIN SELECT RAISE(ABORT, 'ledger: a posting is sealed after its entries'); END"""),
    "ledger_tx_only_sealed": (TX, f"""
        CREATE TRIGGER ledger_tx_only_sealed BEFORE UPDATE ON {TX}
        WHEN OLD.is_sealed OR NOT NEW.is_sealed OR NEW.id IS NOT OLD.id
            OR NEW.cause IS NOT OLD.cause OR NEW.at IS NOT OLD.at
        BEGIN SELECT RAISE(ABORT, 'ledger: a posting does not change'); END"""),
    "ledger_tx_balances": (TX, f"""
        CREATE TRIGGER ledger_tx_balances BEFORE UPDATE ON {TX}
        WHEN NOT EXISTS (SELECT 1 FROM {ENTRY} WHERE tx_id = NEW.id)
            OR EXISTS (SELECT 1 FROM {ENTRY} WHERE tx_id = NEW.id
                       GROUP BY currency HAVING SUM(amount_minor) <> 0)
        BEGIN SELECT RAISE(ABORT, 'ledger: a posting sums to zero'); END"""),
    "ledger_tx_stays": (TX, f"""
        CREATE TRIGGER ledger_tx_stays BEFORE DELETE ON {TX}
        BEGIN SELECT RAISE(ABORT, 'ledger: a posting is never deleted'); END"""),
    "ledger_entry_in_open_tx": (ENTRY, f"""
        CREATE TRIGGER ledger_entry_in_open_tx BEFORE INSERT ON {ENTRY}
        WHEN typeof(NEW.amount_minor) <> 'integer'
            OR EXISTS (SELECT 1 FROM {TX} WHERE id = NEW.tx_id AND is_sealed)
        BEGIN SELECT RAISE(ABORT, 'ledger: no entry after the seal'); END"""),
    "ledger_entry_fixed": (ENTRY, f"""
        CREATE TRIGGER ledger_entry_fixed BEFORE UPDATE ON {ENTRY}
        BEGIN SELECT RAISE(ABORT, 'ledger: an entry does not change'); END"""),
    "ledger_entry_stays": (ENTRY, f"""
        CREATE TRIGGER ledger_entry_stays BEFORE DELETE ON {ENTRY}
        BEGIN SELECT RAISE(ABORT, 'ledger: an entry is never deleted'); END"""),
}  # fmt: skip

POSTGRESQL_FUNCTIONS: Final = f"""
CREATE OR REPLACE FUNCTION ledger_guard_tx() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.is_sealed THEN
            RAISE EXCEPTION 'ledger: a posting is sealed after its entries';
        END IF;
        RETURN NEW;
    END IF;
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'ledger: a posting is never deleted';
    END IF;
    IF OLD.is_sealed OR NOT NEW.is_sealed OR (NEW.id, NEW.cause, NEW.at)
            IS DISTINCT FROM (OLD.id, OLD.cause, OLD.at) THEN
        RAISE EXCEPTION 'ledger: a posting does not change';
    END IF;
    IF NOT EXISTS (SELECT 1 FROM {ENTRY} WHERE tx_id = NEW.id)
            OR EXISTS (SELECT 1 FROM {ENTRY} WHERE tx_id = NEW.id
                       GROUP BY currency HAVING SUM(amount_minor) <> 0) THEN
        RAISE EXCEPTION 'ledger: a posting sums to zero';
    END IF;
    RETURN NEW;
END $$;
CREATE OR REPLACE FUNCTION ledger_guard_entry() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE closed boolean;
BEGIN
    IF TG_OP <> 'INSERT' THEN
        RAISE EXCEPTION 'ledger: an entry does not change';
    END IF;
    -- The share lock makes a seal in another session wait for this entry, or be seen here.
    SELECT is_sealed INTO closed FROM {TX} WHERE id = NEW.tx_id FOR SHARE;
    IF closed THEN
        RAISE EXCEPTION 'ledger: no entry after the seal';
    END IF;
    RETURN NEW;
END $$;
""" + never_emptied("ledger_guard_truncate", "ledger: the books are never emptied")
POSTGRESQL: Final[dict[str, tuple[str, str]]] = {
    "ledger_tx_guard": (TX, f"""
        CREATE TRIGGER ledger_tx_guard BEFORE INSERT OR UPDATE OR DELETE ON {TX}
        FOR EACH ROW EXECUTE FUNCTION ledger_guard_tx()"""),
    "ledger_tx_kept": (TX, f"""
        CREATE TRIGGER ledger_tx_kept BEFORE TRUNCATE ON {TX}
        FOR EACH STATEMENT EXECUTE FUNCTION ledger_guard_truncate()"""),
    "ledger_entry_guard": (ENTRY, f"""
        CREATE TRIGGER ledger_entry_guard BEFORE INSERT OR UPDATE OR DELETE ON {ENTRY}
        FOR EACH ROW EXECUTE FUNCTION ledger_guard_entry()"""),
    "ledger_entry_kept": (ENTRY, f"""
        CREATE TRIGGER ledger_entry_kept BEFORE TRUNCATE ON {ENTRY}
        FOR EACH STATEMENT EXECUTE FUNCTION ledger_guard_truncate()"""),
}  # fmt: skip

GUARD: Final = Guard("presale", SQLITE, POSTGRESQL, POSTGRESQL_FUNCTIONS)
