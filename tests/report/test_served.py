"""Sellers and carriers, as the page tells of them."""

from shelfwise.report.served import served


def test_whom_to_act_on_comes_first(tables):
    """One to act on, one to watch, one that is well and costs more than either."""
    found = served(tables["risk_sellers"])
    assert [row["level"] for row in found.senders] == ["act", "watch", "ok"]
    assert found.finding() == (
        "1 of 3 sellers and carriers serve customers worse than is tolerated, nearly for sure; 1 more may be"
    )
    assert served(tables["risk_sellers"].where("level = 'ok'")).finding() == (
        "None of 1 sellers and carriers serves customers worse than is tolerated"
    )


def test_a_shop_without_parcels_shows_none(empty_tables):
    assert served(empty_tables["risk_sellers"]).senders == []
