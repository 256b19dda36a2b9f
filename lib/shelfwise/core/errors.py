"""Errors that a user can act on: each message names the table, job, file or option, and what to do."""


class ShelfwiseError(Exception):
    """Base of every error that is reported in one sentence instead of a stack trace."""


class SettingsError(ShelfwiseError):
    """A setting, option or parameter is unknown or has an unusable value."""


class ContractError(ShelfwiseError):
    """A frame or a stored table does not match its declared contract."""


class SourceError(ShelfwiseError):
    """A shop's own files are missing or can't be read."""


class LeaseError(ShelfwiseError):
    """Another process is writing the same table."""


class JobError(ShelfwiseError):
    """A job can't run or has failed."""


def raise_if_stopped(error: BaseException) -> None:
    """Ctrl-C stays Ctrl-C where tidying up after it failed too: the JVM often can't be called any more by then."""
    before: BaseException | None = error
    while before is not None:
        if isinstance(before, KeyboardInterrupt):
            raise before
        before = before.__context__
