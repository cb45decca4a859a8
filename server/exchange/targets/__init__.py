"""The configuration in formats of others, each with a report of what did not survive; start with `table.TARGETS`."""
