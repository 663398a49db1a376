"""Lines of JSON and CSV as frames whose rows know which line they are from."""
