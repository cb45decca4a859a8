"""Other departments' systems as separate HTTP services, for demonstrations and tests.

May import `server.connect` and the floors below; nothing below imports this package. Start with `run.run_simulator`,
`means_check.create_app` and `sms.create_app`. They listen on the loopback address only: the inbox shows one-time codes.
"""
