"""Pages for officials: signing in, the queue of their offices, the file of a case, working on a task.

Every page works without JavaScript. Start with `queue`, `case` and `task`.
"""

from __future__ import annotations

from server.web.staff import case, migration, queue, sign_in, task

ROUTES = (*sign_in.ROUTES, *queue.ROUTES, *case.ROUTES, *migration.ROUTES, *task.ROUTES)
