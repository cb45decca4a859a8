"""Regional configuration: the documents of a base with what each region below it changes, and what it may not change.

May import `server.definitions` and the floors below. Start with `compose.compose`, `overlay.Overlay` and `rebase.rebase`;
`shapes` holds the one table of how each place of each kind of document is merged.
"""
