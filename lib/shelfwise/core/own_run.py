"""What every `shelfwise evaluate` does alike: names by commas, and one sentence for what went wrong on the way."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from shelfwise.core.arrivals import why
from shelfwise.core.errors import JobError, SettingsError, ShelfwiseError, raise_if_stopped
from shelfwise.core.kept import release
from shelfwise.core.settings import Settings, suggest


def asked_names(option: str, kind: str, text: str | None, names: Sequence[str], usual: Sequence[str]) -> list[str]:
    """Those of `names` that the text names by commas, in their order; the `usual` ones where there is no text."""
    asked = [name.strip() for name in text.split(",") if name.strip()] if text is not None else usual
    for name in asked:
        if name not in names:
            raise SettingsError(f"{option}: there is no {kind} '{name}'.{suggest(name, names)} There are {', '.join(names)}.")
    return [name for name in names if name in asked]


@contextmanager
def reported(command: str, settings: Settings) -> Iterator[None]:
    """Whatever fails inside is told in one sentence that names the command; what was kept is let go of."""
    try:
        yield
    except Exception as error:
        raise_if_stopped(error)
        if isinstance(error, ShelfwiseError):
            raise
        raise JobError(f"{command}: {why(error)} (Spark's log: {settings.at(settings.spark.log)})") from error
    finally:
        release()
