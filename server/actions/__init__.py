"""One asynchronous function per intention of a person: load, decide, save in one transaction.

May import `server.settings`, `server.store`, `server.connect`, `server.exports` and the floors below; knows no HTTP and no HTML. Start with `office.Office`.
"""
