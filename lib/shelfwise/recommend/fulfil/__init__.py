"""Lists that are varied, and that the stock can fulfil."""
