"""What each region contributes to a service, revision by revision; channels point at those in force."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

#: Every release is what its region had published at some time, of its own accord and over nothing.
_REVISIONS_OF_RELEASES = """
    INSERT INTO revisions (id, service_id, region, release_id, parent_id, replaces_id, state, author_id, proposed_at,
                           approver_id, decided_at, effective_at, note, answer)
    SELECT lower(hex(randomblob(16))), service_id, region, id, '', '', 'published', account_id, created_at,
           account_id, created_at, NULL, note, ''
    FROM releases
"""
_DOCUMENTS_OF_REVISIONS = """
    INSERT INTO revision_documents (revision_id, path, content_id)
    SELECT revisions.id, path, content_id FROM revisions JOIN release_documents USING (release_id)
"""
#: A channel whose release was published for another region has no revision to point at and takes the one there is.
_CHANNELS = """
    INSERT INTO channels (service_id, region, release_id, revision_id, at, account_id)
    SELECT old.service_id, old.region, old.release_id, revisions.id, old.at, old.account_id
    FROM old_channels AS old JOIN revisions USING (service_id, release_id)
"""
_WORKING_COPIES = """
    INSERT INTO working_copies (service_id, region, version, saved_at, base_release_id, parent_id, documents)
    SELECT old.service_id, min(channels.region), old.version, old.saved_at, old.base_release_id, '', old.documents
    FROM old_working_copies AS old JOIN channels USING (service_id) GROUP BY old.service_id
"""


def upgrade() -> None:
    """Makes the tables of revisions from the releases there are, and gives channels and working copies their places in them."""
    _make_revisions()
    op.execute(_REVISIONS_OF_RELEASES)
    op.execute(_DOCUMENTS_OF_REVISIONS)
    op.rename_table("channels", "old_channels")
    op.rename_table("working_copies", "old_working_copies")
    _make_channels()
    op.execute(_CHANNELS)
    op.execute(_WORKING_COPIES)
    op.drop_table("old_channels")
    op.drop_table("old_working_copies")


def _make_revisions() -> None:
    op.create_table(
        "revisions",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("service_id", sa.Text(), nullable=False),
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("release_id", sa.Text(), nullable=False),
        sa.Column("parent_id", sa.Text(), nullable=False),
        sa.Column("replaces_id", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("author_id", sa.Text(), nullable=False),
        sa.Column("proposed_at", sa.BigInteger(), nullable=False),
        sa.Column("approver_id", sa.Text(), nullable=False),
        sa.Column("decided_at", sa.BigInteger(), nullable=True),
        sa.Column("effective_at", sa.BigInteger(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("revisions_region", "revisions", ["service_id", "region", "proposed_at", "id"])
    op.create_index("revisions_service", "revisions", ["service_id", "proposed_at", "id"])
    op.create_index("revisions_due", "revisions", ["effective_at", "id"], sqlite_where=sa.text("state = 'scheduled'"))
    op.create_index(
        "revisions_proposed", "revisions", ["service_id", "region"], unique=True, sqlite_where=sa.text("state = 'proposed'")
    )
    op.create_table(
        "revision_documents",
        sa.Column("revision_id", sa.Text(), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("content_id", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["content_id"], ["documents.content_id"]),
        sa.ForeignKeyConstraint(["revision_id"], ["revisions.id"]),
        sa.PrimaryKeyConstraint("revision_id", "path"),
        sqlite_with_rowid=False,
    )


def _make_channels() -> None:
    op.create_table(
        "channels",
        sa.Column("service_id", sa.Text(), nullable=False),
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("release_id", sa.Text(), nullable=False),
        sa.Column("revision_id", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("account_id", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["release_id"], ["releases.id"]),
        sa.ForeignKeyConstraint(["revision_id"], ["revisions.id"]),
        sa.PrimaryKeyConstraint("service_id", "region"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "working_copies",
        sa.Column("service_id", sa.Text(), nullable=False),
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("saved_at", sa.BigInteger(), nullable=False),
        sa.Column("base_release_id", sa.Text(), nullable=False),
        sa.Column("parent_id", sa.Text(), nullable=False),
        sa.Column("documents", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("service_id", "region"),
    )
