"""A release: resolved, checked and compiled documents of one service under their content id.

May import `server.checks`, `server.forms`, `server.processes` and the floors below; pure. Start with `compile.compile_release`.
"""
