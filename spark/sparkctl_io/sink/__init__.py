"""A sink for SQLite that publishes a whole write in one transaction."""
