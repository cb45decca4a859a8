"""Other systems: signed messages, their delivery over HTTP and when to try again.

May import `server.definitions` and the floors below, and httpx; knows no store and no case. Start with `delivery.deliver`,
`envelope.read_signed` and `retry.next_attempt`.
"""
