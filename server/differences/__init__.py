"""Differences between two sets of documents as sentences, and what they touch.

May import `server.releases` and the floors below, not `server.cases` beside it. Start with `semantic.semantic_changes`,
`semantic.applicant_changes` and `impact.impact_of`; the words stand in `server.messages`.
"""
