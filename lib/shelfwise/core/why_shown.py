"""What `shelfwise why` prints: a tree for people, or one JSON object."""

import json
from collections.abc import Mapping
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.tree import Tree

from shelfwise.core.console import screen
from shelfwise.core.runs import code_version
from shelfwise.core.show import rows
from shelfwise.core.trace import Place, Ran
from shelfwise.core.why import Found, Reason

FILES_SHOWN = 3


def tell(reason: Reason, limit: int, *, as_data: bool) -> None:
    if as_data:
        print(as_json(reason))
    else:
        as_tree(reason, limit, screen())


def as_tree(reason: Reason, limit: int, console: Console) -> None:
    """The rows, the drivers of their forecast, and the way back, each step once."""
    rows(reason.rows, limit, console)
    if reason.matched > limit:
        console.print(f"{reason.matched:,} rows match: name more of {', '.join(reason.table.key)} to see one alone.", markup=False)
    if reason.drivers:
        console.print("\nWhat drives the forecast of the first week:")
        for sentence in reason.drivers:
            console.print(f"  - {sentence}", markup=False)
    about = " and ".join(f"{name} = {value}" for name, value in reason.followed.items())
    console.print(f"\nMade from{f' (in brackets: rows where {about})' if about else ''}{_code(reason)}:", markup=False)
    console.print(_branch(reason.start, reason, set()))


def _code(reason: Reason) -> str:
    ran = reason.found[reason.start].step.ran
    now = code_version()
    return f", by code {ran.code_version}{'' if ran.code_version == now else f' (now installed: {now})'}" if ran else ""


def _branch(place: Place, reason: Reason, seen: set[Place]) -> Tree:
    """What has been shown further up is named only, in one line."""
    seen.add(place)
    found = reason.found[place]
    tree = Tree(escape(_line(place, found, reason)))
    for detail in _details(found):
        tree.add(f"[dim]{escape(detail)}[/]")
    again = []
    for read in found.step.reads:
        if read in seen:
            again.append(_called(read))
        elif not read.name.startswith("files."):  # the landed files themselves have been named
            tree.add(_branch(read, reason, seen))
    if again:
        tree.add(f"[dim]as above: {escape(', '.join(again))}[/]")
    return tree


def _line(place: Place, found: Found, reason: Reason) -> str:
    ran, first = found.step.ran, reason.found[reason.start].step.ran
    line = _called(place) + (f" ({found.held.rows:,})" if found.held.rows is not None else "")
    if ran and first:
        day = f" as of {ran.as_of}" if ran.as_of != first.as_of else ""
        code = f", code {ran.code_version}" if ran.code_version != first.code_version else ""
        line += f": {ran.job}{day}, {ran.started_at:%Y-%m-%d %H:%M} UTC, {ran.rows:,} rows{code}"
    elif isinstance(place.version, int):
        line += ": no run of it is recorded"
    return f"{line}; {found.held.note}" if found.held.note else line


def _called(place: Place) -> str:
    return f"{place.name} v{place.version}"


def _details(found: Found) -> list[str]:
    lines = [f"set: {', '.join(f'{name}={value}' for name, value in found.set.items())}"] if found.set else []
    if found.model:
        lines.append(_model_line(found.model))
    lines += found.held.files[:FILES_SHOWN]
    if (more := len(found.held.files) - FILES_SHOWN) > 0:
        lines.append(f"and {more} files more (--json names them)")
    if found.step.nothing:
        lines.append(f"nothing there: {', '.join(found.step.nothing)}")
    return lines


def _model_line(model: Mapping[str, Any]) -> str:
    if "unknown" in model:
        return str(model["unknown"])
    figures = ", ".join(f"{name} {value:.4g}" for name, value in sorted(model["metrics"].items())[:6])
    return f"{model['registered']} in MLflow (run {model['mlflow_run']}{', champion now' if model['champion'] else ''}): {figures}"


def as_json(reason: Reason) -> str:
    """Rows as stored; each step by its name and version, which `reads` refer to."""
    return json.dumps(
        {
            "table": reason.table.name,
            "version": reason.start.version,
            "matched": reason.matched,
            "rows": [row.asDict(recursive=True) for row in reason.rows.collect()],
            "followed": reason.followed,
            "drivers": reason.drivers,
            "code_version": code_version(),
            "steps": [_step(place, found) for place, found in reason.found.items()],
        },
        default=str,
        indent=2,
    )


def _step(place: Place, found: Found) -> dict[str, Any]:
    ran = found.step.ran
    return {
        **_id(place),
        "run": _run(ran, found) if ran else None,
        "reads": [_id(read) for read in found.step.reads],
        "nothing_there": found.step.nothing,
        "rows_followed": found.held.rows,
        "files": found.held.files,
        "note": found.held.note,
        "model": found.model,
    }


def _id(place: Place) -> dict[str, Any]:
    return {"name": place.name, "version": place.version, "as_of": place.as_of}


def _run(ran: Ran, found: Found) -> dict[str, Any]:
    told = ("run_id", "job", "as_of", "code_version", "rows", "seconds", "started_at")
    return {name: getattr(ran, name) for name in told} | {"set": found.set}
