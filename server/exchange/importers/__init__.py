"""Other formats read into our documents, each with a report that leaves no construct out; start with `table.IMPORTERS`."""
