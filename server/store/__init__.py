"""Everything on disk: tables, the one writer, readers, encryption and blobs.

May import `server.cases` and the floors below, SQLAlchemy Core and aiosqlite. Start with `Store` and `open_store`.
"""
