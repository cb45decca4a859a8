"""Applications and cases: what a submission, a completed task, a message or a timer makes of them, as values.

May import `server.releases`, `server.processes`, `server.forms` and the floors below; pure. Start with `submitting.submit`,
`working.complete_task` and `outcome.Outcome`; `model.Dossier` is what every step of a case starts from.
"""
