"""One adapter per shop: its own files to the bronze and silver contracts."""
