"""Every table as data, by layer. No logic."""
