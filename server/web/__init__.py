"""HTTP and HTML: routes, sessions by cookie, templates, static files; no rule of the domain lives here.

May import `server.actions` and everything below. Start with `app.create_app`, `access.admit` and `templating.render_page`.
"""
