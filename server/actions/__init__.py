"""One function per intention of a person or a system: load, decide, save; time, chance and other systems stand here.

May import `server.store`, `server.exports`, `server.connect`, `server.cases`, `server.settings` and the floors below.
Start with `office.Office`, `applying.submit` and `casework.complete_task`.
"""
