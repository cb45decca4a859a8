"""What must hold before a configuration is published: one visible table of pure functions.

May import `server.forms`, `server.processes` and the floors below; pure. Start with `run.CHECKS`,
`run.run_checks` and `subject.Subject`.
"""
