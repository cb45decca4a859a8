"""Processes: compiled definitions and the token game, pure and total.

May import `server.definitions`, `server.rules`, `server.documents` and the floors below; forms come in as plain variables.
Start with `compile.compile_process`, `state.State` and `advance.advance`.
"""
