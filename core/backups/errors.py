"""What can stand in the way of a backup."""


class BackupError(Exception):
    """It was not done, and nothing has changed; the text says why."""
