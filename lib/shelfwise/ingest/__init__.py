"""From what a shop offers to the silver tables that all else reads."""
