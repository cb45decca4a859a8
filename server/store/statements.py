"""SQL texts made once from SQLAlchemy Core, run directly on the driver.

Values known in Python are written into the text, so that SQLite can match them with the conditions of partial indices; named
parameters stay parameters.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy.dialects.sqlite import pysqlite
from sqlalchemy.dialects.sqlite.base import SQLiteCompiler
from sqlalchemy.sql.elements import ClauseElement


class _Compiler(SQLiteCompiler):
    def visit_bindparam(self, bindparam: Any, **options: Any) -> Any:  # type: ignore[override]
        """A parameter without a value as `:name`, one with a value as that value."""
        if not bindparam.required:
            options["literal_binds"] = True
        return super().visit_bindparam(bindparam, **options)  # type: ignore[no-untyped-call]


_DIALECT = pysqlite.dialect(paramstyle="named")
_DIALECT.statement_compiler = _Compiler


def sql(statement: ClauseElement) -> str:
    """The statement's text with `:name` parameters."""
    return str(statement.compile(dialect=_DIALECT))
