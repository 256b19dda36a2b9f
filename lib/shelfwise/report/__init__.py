"""What people look at: one page that says what was decided, why, and how far to trust it."""
