"""Demands that tests of the newsvendor share: a steady and a slow seller's, and what Hypothesis draws."""

from hypothesis import strategies as st

from shelfwise.measures.newsvendor import demand_line

LEVELS = (0.01, 0.05, 0.10, 0.25, 0.50, 0.75, 0.90, 0.95, 0.99)
STEADY = demand_line(LEVELS, [5, 7, 8, 11, 14, 17, 20, 22, 27])
SLOW = demand_line(LEVELS, [0, 0, 0, 0, 1, 3, 4, 5, 6])
MEAN_OF_STEADY = 14.14625

QUANTILES = st.lists(st.integers(0, 400), min_size=9, max_size=9).map(sorted)
REAL_QUANTILES = st.lists(st.integers(0, 40_000).map(lambda hundredths: hundredths / 100), min_size=9, max_size=9).map(sorted)
