"""The page as a whole, and in a browser. The browser is Debian's chromium; without one its tests are skipped."""

import re
import shutil
import subprocess
from dataclasses import dataclass
from datetime import date
from html import escape

import pytest

from shelfwise.core.dag import load_jobs
from shelfwise.core.job import Job, Whole
from shelfwise.report.charts import chart_html, horizon_chart, titled
from shelfwise.report.page import page
from tests.report.shop import AS_OF, CUSTOMER, HOSTILE

BROWSERS = ("chromium", "chromium-browser", "google-chrome")


@dataclass(frozen=True)
class Named:
    name: str


@pytest.fixture(scope="module")
def html(tables):
    return page(**tables, shop=Named("completejourney"), as_of=AS_OF)


@pytest.fixture(scope="module")
def empty_html(empty_tables):
    return page(**empty_tables, shop=Named("corner_shop"), as_of=date(2020, 1, 1))


@pytest.fixture(scope="module")
def job() -> Job:
    return load_jobs()["report"]


def body(html: str) -> str:
    """Without the library of charts."""
    return html[html.index("<body>") :]


def test_the_job_reads_what_its_function_shows(job, tables):
    assert set(job.reads) == set(tables)


def test_only_sales_are_read_past_as_of(job):
    assert [name for name, source in job.reads.items() if isinstance(source, Whole)] == ["sales"]


def test_the_day_and_the_shop_stand_on_top(html):
    top = body(html)[:2000]
    assert "29 October 2017" in top
    assert "completejourney" in top


def test_new_brands_and_categories_that_come_in_are_told_with_their_items(html):
    told = body(html)[body(html).index("New brands and categories that come in") :][:6000]
    assert all(word in told for word in ("TOFU", "m8", "SOAP, 4 OZ", "nameless")) and "m9" not in told


def test_a_panel_is_called_a_panel_before_any_number_of_it(html):
    assert 0 < html.index("panel of 2,469 households, not of a whole shop") < html.index("2 order lines at 2 suppliers")


def test_another_shop_is_not_called_a_panel(empty_html):
    assert "panel" not in body(empty_html)


def test_what_orders_rest_on_stands_before_them(html):
    assert 0 < html.index("100 % of the order lines rest on assumed units in a case") < html.index('id="orders"')


def test_an_order_is_shown_with_its_reason(html):
    assert "Expect 11 units &amp; more." in html
    assert "under 1 %" in html


def test_new_items_stand_between_orders_and_demand(html):
    """What is assumed of them comes before the table."""
    orders, new, demand = (html.index(f'id="{name}"') for name in ("orders", "new", "demand"))
    assert orders < new < html.index("of those that find a first buyer") < html.index("List: sells &amp; sells.") < demand
    assert "catalogue that the panel has never bought" in html
    assert 'href="#new"' in html


def test_drivers_stand_beside_the_forecast_and_drift_with_the_accuracy(html):
    demand, trust = html.index('id="demand"'), html.index('id="accuracy"')
    assert demand < html.index("Planned mailer in 85 % of stores: +62 %") < trust
    assert "Price &amp; more: no difference" in html
    assert trust < html.index("20 % of the rows are above 2")


def test_texts_of_the_shop_never_become_code(html):
    assert HOSTILE not in html
    assert "alert('boo')" not in html
    assert escape(HOSTILE, quote=False) in html.replace("&#39;", "'")


def test_rejected_files_are_named(html):
    assert "a.csv is empty (0 bytes): deliver it again." in html


def test_only_the_letters_of_a_pseudonym_that_are_needed_are_shown(html):
    assert CUSTOMER[:10] in html
    assert CUSTOMER[:11] not in html


def test_a_chart_is_the_same_whenever_it_is_made():
    """The library would give each a random name: a page of equal tables would then differ."""
    first, second = (chart_html(horizon_chart({"champion": [(1, 0.8)]}), "horizons") for _ in range(2))
    assert first == second


def test_a_title_stands_over_a_chart_without_narrowing_it():
    """Room for it is added: between the legend and the foot there is as much as before."""
    plain, told = horizon_chart({"champion": [(1, 0.8)]}), titled(horizon_chart({"champion": [(1, 0.8)]}), "Error")
    assert told.layout.title.text == "Error"
    assert told.layout.height - told.layout.margin.t == plain.layout.height - plain.layout.margin.t


def test_the_page_asks_no_server_for_anything(html):
    loaded = re.findall(r"<(?:script|img|iframe|link)[^>]*(?:src|href)=[\"']([^\"']+)", html)
    assert loaded == ["data:,"]
    assert "@import" not in html[: html.index("</style>")]


@pytest.mark.parametrize(
    "sentence",
    [
        "Nothing needs ordering",
        "There is no forecast yet",
        "There is no whole week of sales yet",
        "No recommendations yet",
        "How good forecasts were is not known yet",
        "How good recommendations were is not known yet",
        "Nothing has been read yet",
        "Every file could be read",
        "No order line rests on an assumption.",
        "No candidates to bring in have been weighed yet",
        "Sets of candidates have not been compared yet",
        "No launch of the last 13 weeks can be held against a plan yet",
        "What the shop can supply has not been measured yet",
    ],
)
def test_an_empty_table_is_a_sentence(empty_html, sentence):
    assert sentence in empty_html


@pytest.fixture(scope="module")
def browser() -> str:
    found = next((path for name in BROWSERS if (path := shutil.which(name))), None)
    if found is None:
        pytest.skip(f"none of {', '.join(BROWSERS)} is installed: run 'apt-get install chromium'")
    return found


def opened(browser: str, html: str, folder) -> str:
    """The page's elements after its scripts have run, opened as a file."""
    path = folder / "page.html"
    path.write_text(html, encoding="utf-8")
    options = ("--headless=new", "--no-sandbox", "--disable-gpu", f"--user-data-dir={folder}/profile", "--virtual-time-budget=8000")
    done = subprocess.run([browser, *options, "--dump-dom", path.as_uri()], capture_output=True, text=True, check=True, timeout=240)
    return done.stdout


def test_every_chart_is_drawn_without_a_script_error(browser, html, tmp_path):
    """1 of suppliers, 4 of new items, 3 of risks, 1 of all items, 2 categories, 2 items, 6 key figures, 1 of horizons."""
    dom = opened(browser, html, tmp_path)
    assert 'data-script-errors="0"' in dom[:500]
    assert len(set(re.findall(r'<div id="([\w-]+)" class="plotly-graph-div js-plotly-plot"', dom))) == 20
    assert dom.count('class="main-svg"') >= 17


def test_the_table_of_orders_can_be_sorted(browser, html, tmp_path):
    """PO-1 costs 30 and PO-2 costs 10: one click on 'cost' puts PO-2 first."""
    click = "<script>document.querySelectorAll('table.sortable th button')[4].click()</script></body>"
    dom = opened(browser, html.replace("</body>", click), tmp_path)
    rows = dom[dom.index('<table class="sortable">') :]
    assert rows.index("PO-2") < rows.index("PO-1")


def test_a_script_error_would_be_counted(browser, html, tmp_path):
    dom = opened(browser, html.replace("</body>", "<script>nowhere.to()</script></body>"), tmp_path)
    assert 'data-script-errors="1"' in dom[:500]


def test_a_page_of_empty_tables_opens_without_a_script_error(browser, empty_html, tmp_path):
    assert 'data-script-errors="0"' in opened(browser, empty_html, tmp_path)[:500]
