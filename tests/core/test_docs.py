"""The generated pages are the committed ones, and say what the declarations say."""

from pathlib import Path

from shelfwise.contracts.tables import ALL
from shelfwise.core.dag import jobs_folder, load_jobs
from shelfwise.core.docs import lineage_page, tables_page, write_docs
from shelfwise.core.job import Job, Write
from shelfwise.core.table import Table, optional, required

DOCS = Path(__file__).parents[2] / "docs"

SALES = Table("silver.sales", "Sales. One row per line.", ("line",), {"line": required("string", "code | number")}, happened="line")
TOTALS = Table(
    "gold.totals", "Totals. One row per day.", ("day",), {"day": optional("date", "day")}, checks={"day_is_set": "day IS NOT NULL"}
)


def add_up(sales: object) -> object:
    """Adds up."""
    return sales


JOBS = {"totals": Job("totals", {"sales": SALES}, TOTALS, add_up, Write.REPLACE)}
TABLES = {SALES.name: SALES, TOTALS.name: TOTALS}


def test_the_committed_table_page_is_what_the_declarations_give() -> None:
    assert (DOCS / "tables.md").read_text(encoding="utf-8") == tables_page(ALL, load_jobs(jobs_folder())), "run: shelfwise docs"


def test_the_committed_lineage_page_is_what_the_declarations_give() -> None:
    assert (DOCS / "lineage.md").read_text(encoding="utf-8") == lineage_page(load_jobs(jobs_folder())), "run: shelfwise docs"


def test_a_table_is_shown_with_its_key_writer_readers_columns_and_rules() -> None:
    page = tables_page(TABLES, JOBS)
    assert "### gold.totals\n\nTotals. One row per day.\n\n- Key: `day`\n- Written by: `totals` (replace the whole table)\n" in page
    assert "| `day` | date |  | day |" in page
    assert "| day_is_set | `day IS NOT NULL` |" in page
    assert "- Read by: `totals`" in page
    assert "- A reader of an earlier `as_of` sees rows up to it by `line`" in page


def test_a_bar_inside_a_text_does_not_break_the_grid() -> None:
    assert "| `line` | string | required | code \\| number |" in tables_page(TABLES, JOBS)


def test_lineage_lists_each_job_with_its_sentence() -> None:
    assert "| `totals` | Adds up. | `silver.sales` | `gold.totals` | replace the whole table |" in lineage_page(JOBS)


def test_both_pages_are_written_where_asked(tmp_path: Path) -> None:
    assert write_docs(tmp_path / "new", TABLES, JOBS) == [tmp_path / "new" / "tables.md", tmp_path / "new" / "lineage.md"]
    assert (tmp_path / "new" / "tables.md").read_text(encoding="utf-8") == tables_page(TABLES, JOBS)
