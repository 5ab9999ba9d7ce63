"""A copy of everything that cannot be made again: the database and the uploaded files.

Taken while the site runs, as one archive with a list of hashes; put back while it does not.
"""

from core.backups.archive import BackupError, Manifest, put_back, read_manifest, take

__all__ = ["BackupError", "Manifest", "put_back", "read_manifest", "take"]
