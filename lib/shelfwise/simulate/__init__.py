"""A shop whose every truth is known: docs/planted-shop.md holds its equations."""
