"""What is known of weeks, items and customers, and how the shop is doing."""
