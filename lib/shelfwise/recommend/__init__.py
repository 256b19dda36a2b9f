"""What to show to whom, and how good such lists have been."""
