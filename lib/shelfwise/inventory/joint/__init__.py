"""Orders of all items together: money, room and suppliers allow only some of what each item would have by itself."""
