"""Whether items are taken in, a rule for each place; and which release drafts and running cases stand under."""

from __future__ import annotations

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

_FLAG = "intake "


def upgrade() -> None:
    """Makes the table of intake rules from the settings rows that closed whole services before."""
    op.create_table(
        "intake_rules",
        sa.Column("service_id", sa.Text(), nullable=False),
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("item", sa.Text(), nullable=False),
        sa.Column("open", sa.BigInteger(), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=True),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("account_id", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("service_id", "region", "item"),
        sqlite_with_rowid=False,
    )
    _carry_over()
    # Rebuilt rather than added to: a database that grew up has the same tables as a new one, to the letter.
    with op.batch_alter_table("drafts", recreate="always") as drafts:
        drafts.add_column(sa.Column("release_id", sa.Text(), nullable=True))
    op.create_index("drafts_release", "drafts", ["release_id"])
    op.create_index("cases_running", "cases", ["service_id", "release_id", "id"], sqlite_where=sa.text("ended_at IS NULL"))


def _carry_over() -> None:
    connection = op.get_bind()
    flags = connection.execute(sa.text("SELECT name, value FROM flags WHERE name LIKE 'intake %'")).all()
    add = sa.text("INSERT INTO intake_rules VALUES (:service_id, :region, '', 0, NULL, :at, 'system')")
    at = int(datetime.now(UTC).timestamp() * 1_000_000)
    for name, value in flags:
        for region in sorted(set(value.split())):
            connection.execute(add, {"service_id": name.removeprefix(_FLAG), "region": region, "at": at})
    connection.execute(sa.text("DELETE FROM flags WHERE name LIKE 'intake %'"))
