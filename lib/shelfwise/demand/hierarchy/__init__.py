"""Forecasts of categories, departments and the whole shop that add up to those of their items."""
