"""docs/tables.md and docs/lineage.md, written from the declarations of tables and jobs."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from shelfwise.core.dag import as_mermaid, in_order, question
from shelfwise.core.job import Job, Readable, Write
from shelfwise.core.table import BATCH_COLUMNS, Table, quarantine_of

HEAD = "Written by `shelfwise docs` from the declarations; change those, not this file.\n"


def write_docs(folder: Path, tables: Mapping[str, Table], jobs: Mapping[str, Job]) -> list[Path]:
    """The pages written, by path."""
    folder.mkdir(parents=True, exist_ok=True)
    pages = {folder / "tables.md": tables_page(tables, jobs), folder / "lineage.md": lineage_page(jobs)}
    for path, text in pages.items():
        path.write_text(text, encoding="utf-8")
    return list(pages)


def tables_page(tables: Mapping[str, Table], jobs: Mapping[str, Job]) -> str:
    """Every table by layer, with its key, columns, rules, writer and readers."""
    layers: dict[str, list[Table]] = {}
    for table in tables.values():
        layers.setdefault(table.layer, []).append(table)
    parts = ["# Tables\n", HEAD, _contents(layers)]
    for layer, members in layers.items():
        parts += [f"## {layer}\n", *(_table_section(table, jobs) for table in members)]
    return "\n".join([*parts, _quarantine_section()])


def lineage_page(jobs: Mapping[str, Job]) -> str:
    """Which job makes what from what: a chart, then a row per job in the order of running."""
    rows = [
        (f"`{job.name}`", question(job), _names(job.reads.values()), f"`{job.writes.name}`", job.how.value)
        for job in in_order(jobs, jobs, upstream=False)
    ]
    return "\n".join(
        [
            "# Lineage\n",
            HEAD,
            "```mermaid",
            as_mermaid(jobs),
            "```\n",
            "## Jobs in the order of running\n",
            _grid(("job", "what it does", "reads", "writes", "how"), rows),
        ]
    )


def writer_of(table: Table, jobs: Mapping[str, Job]) -> Job | None:
    return next((job for job in jobs.values() if job.writes.name == table.name), None)


def _contents(layers: Mapping[str, Sequence[Table]]) -> str:
    links = {layer: [f"[{table.name}](#{table.name.replace('.', '')})" for table in members] for layer, members in layers.items()}
    rows = [(layer, ", ".join(names)) for layer, names in links.items()]
    return _grid(("layer", "tables"), rows)


def _table_section(table: Table, jobs: Mapping[str, Job]) -> str:
    writer = writer_of(table, jobs)
    readers = sorted(job.name for job in jobs.values() if table.name in {read.name for read in job.reads.values()})
    columns = [(f"`{name}`", c.type, "" if c.nullable else "required", c.doc) for name, c in table.schema.items()]
    facts = [f"- Key: {_codes(table.key)}", *_time_facts(table)]
    facts.append(f"- Written by: {f'`{writer.name}` ({writer.how.value})' if writer else 'Shelfwise itself, as a record'}")
    facts.append(f"- Read by: {_codes(readers) or 'people'}")
    if writer and writer.how in (Write.ADMIT, Write.UPSERT):
        facts.append(f"- Stored with {_codes(tuple(BATCH_COLUMNS))}; refused rows go to `{quarantine_of(table).name}`")
    if table.personal:
        facts.append("- Holds raw personal data: lies under `lake.personal_root`")
    if table.open:
        facts.append("- Open: keeps whatever further columns the shop's files have")
    parts = [f"### {table.name}\n", f"{table.doc}\n", *facts, "", _grid(("column", "type", "", "meaning"), columns)]
    if table.checks:
        parts.append(_grid(("rule", "every row keeps"), [(name, f"`{predicate}`") for name, predicate in table.checks.items()]))
    return "\n".join(parts)


def _time_facts(table: Table) -> list[str]:
    facts = {
        "Replaced by slices of": table.slice,
        "A reader of an earlier `as_of` sees rows up to it by": table.happened,
        "A reader of an earlier `as_of` sees plans known by it, by": table.known,
    }
    return [f"- {what} `{column}`" for what, column in facts.items() if column]


def _quarantine_section() -> str:
    example = quarantine_of(Table("silver.x", "One row per x.", key=(), schema={}))
    columns = [(f"`{name}`", column.type, column.doc) for name, column in example.schema.items()]
    about = "`bronze.silver_<table>_quarantine` beside each admitted table. One row per refused row.\n"
    return "\n".join(["## quarantine\n", about, _grid(("column", "type", "meaning"), columns)])


def _grid(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines) + "\n"


def _codes(names: Sequence[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _names(sources: Iterable[Readable]) -> str:
    return _codes([source.name for source in sources])
