"""Decisions and the figures behind them, by domain."""
