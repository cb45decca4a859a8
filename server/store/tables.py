"""The one description of the tables.

Instants are integers: microseconds since 1970 in UTC. A `sealed` column holds the whole value, encrypted and bound to its row
(see `crypto`); the columns beside it are only what rows are found, ordered or compared by, and hold no personal data in clear.
"""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy import BigInteger, Column, ForeignKey, Index, LargeBinary, MetaData, Table, Text

METADATA = MetaData()


def _text(name: str, *constraints: ForeignKey, key: bool = False) -> Column[str]:
    return Column(name, Text, *constraints, primary_key=key, nullable=False)


def _number(name: str, *, null: bool = False) -> Column[int]:
    return Column(name, BigInteger, nullable=null)


def _bytes(name: str, *, null: bool = False) -> Column[bytes]:
    return Column(name, LargeBinary, nullable=null)


# People

accounts = Table(
    "accounts",
    METADATA,
    _text("id", key=True),
    _text("kind"),
    #: Keyed hash of kind and login.
    _text("login_hash"),
    _bytes("sealed"),
    Index("accounts_login", "login_hash", unique=True),
    Index("accounts_kind", "kind"),
)

sessions = Table(
    "sessions",
    METADATA,
    _text("token_hash", key=True),
    _text("account_id", ForeignKey("accounts.id")),
    _number("created_at"),
    _number("seen_at"),
    _number("expires_at"),
    Index("sessions_account", "account_id"),
)

codes = Table(
    "codes",
    METADATA,
    #: Keyed hash of the telephone number.
    _text("phone_hash", key=True),
    _text("code_hash"),
    _number("expires_at"),
    _number("attempts"),
    _number("blocked_until", null=True),
)

# What people write

drafts = Table(
    "drafts",
    METADATA,
    _text("id", key=True),
    _text("account_id"),
    #: Case that asked for a supplement; one draft for each.
    Column("case_id", Text, nullable=True),
    _number("version"),
    _number("saved_at"),
    _bytes("sealed"),
    #: Empty for one last saved before this was kept outside of what is sealed.
    Column("release_id", Text, nullable=True),
    Index("drafts_account", "account_id", "saved_at"),
    Index("drafts_case", "case_id", unique=True),
    Index("drafts_release", "release_id"),
)

files = Table(
    "files",
    METADATA,
    _text("id", key=True),
    #: Draft or application.
    _text("owner_id"),
    #: Name of the blob.
    _text("address"),
    _bytes("sealed"),
    Index("files_owner", "owner_id"),
    Index("files_address", "address"),
)

applications = Table(
    "applications",
    METADATA,
    _text("id", key=True),
    _text("number"),
    _text("service_id"),
    _text("release_id"),
    _text("region"),
    #: Keyed hash of the applicant's identity number.
    _text("person"),
    _text("account_id"),
    _number("submitted_at"),
    _number("version"),
    #: Sealed by itself, because queues show it.
    _bytes("applicant_name"),
    _bytes("sealed"),
    Index("applications_number", "number", unique=True),
    Index("applications_account", "account_id", "submitted_at"),
    Index("applications_person", "person", "submitted_at"),
)

# What offices work on

cases = Table(
    "cases",
    METADATA,
    _text("id", key=True),
    _text("number"),
    _text("application_id", ForeignKey("applications.id")),
    _text("service_id"),
    _text("release_id"),
    _text("item"),
    _text("region"),
    _number("opened_at"),
    _number("ended_at", null=True),
    _text("result"),
    _number("version"),
    _bytes("sealed"),
    Index("cases_number", "number", unique=True),
    Index("cases_application", "application_id"),
)

Index(
    "cases_running",
    *(cases.c[name] for name in ("service_id", "release_id", "id")),
    sqlite_where=cases.c.ended_at.is_(None),
)

#: Narrow rows: what lists show and are ordered by. The whole task stands in `task_contents`.
tasks = Table(
    "tasks",
    METADATA,
    _text("id", key=True),
    _text("case_id", ForeignKey("cases.id")),
    _text("agency"),
    _text("level"),
    _text("region"),
    _text("holder"),
    #: When it is due; the end of time when never.
    _number("due_order"),
    _number("closed_at", null=True),
    _text("outcome"),
    _number("version"),
    _number("opened_at"),
    _number("due_at", null=True),
    _number("claimed_at", null=True),
    _text("completed_by"),
    _text("case_number"),
    _text("application_id"),
    _text("service_id"),
    _text("release_id"),
    _text("item"),
    _text("node"),
    _text("title"),
    #: As sealed in the application.
    _bytes("applicant_name"),
    Index("tasks_case", "case_id"),
)

Index(
    "tasks_open",
    *(tasks.c[name] for name in ("agency", "level", "region", "due_order", "id")),
    sqlite_where=tasks.c.closed_at.is_(None),
)
Index(
    "tasks_mine",
    *(tasks.c[name] for name in ("holder", "agency", "level", "region", "due_order", "id")),
    sqlite_where=sa.and_(tasks.c.closed_at.is_(None), tasks.c.holder != ""),
)
Index(
    "tasks_done",
    *(tasks.c[name] for name in ("agency", "level", "region", "closed_at", "id")),
    sqlite_where=sa.and_(tasks.c.closed_at.is_not(None), tasks.c.outcome != ""),
)

task_contents = Table("task_contents", METADATA, _text("task_id", ForeignKey("tasks.id"), key=True), _bytes("sealed"))

messages = Table(
    "messages",
    METADATA,
    _text("id", key=True),
    _text("application_id", ForeignKey("applications.id")),
    _text("account_id"),
    _number("at"),
    _bytes("sealed"),
    Index("messages_application", "application_id", "at"),
)

#: Public by their nature, so in clear.
notices = Table(
    "notices",
    METADATA,
    _text("id", key=True),
    _text("case_id", ForeignKey("cases.id")),
    _text("service_id"),
    _text("item"),
    _text("token"),
    _text("region"),
    _text("subject"),
    _text("text"),
    _number("published_at"),
    _number("until"),
    _text("ended"),
    Index("notices_case", "case_id", "published_at"),
)

Index(
    "notices_shown",
    *(notices.c[name] for name in ("published_at", "id", "region", "until")),
    sqlite_where=notices.c.ended == "",
)

# What becomes due

timers = Table(
    "timers",
    METADATA,
    _text("id", key=True),
    _text("case_id", ForeignKey("cases.id")),
    _text("token"),
    _text("timer"),
    _number("due_at"),
    Index("timers_due", "due_at", "id"),
)

requests = Table(
    "requests",
    METADATA,
    _text("key", key=True),
    _text("case_id", ForeignKey("cases.id")),
    _text("state"),
    _number("attempts"),
    #: Only while it waits to be sent.
    _number("next_at", null=True),
    _number("accepted_at", null=True),
    _text("cause"),
    _bytes("sealed"),
)

Index("requests_due", requests.c.next_at, requests.c.key, sqlite_where=requests.c.next_at.is_not(None))
Index("requests_given_up", requests.c.key, sqlite_where=requests.c.state == "given_up")

#: Text messages to send. Those of `messages` have the same id and nothing sealed of their own.
texts = Table(
    "texts",
    METADATA,
    _text("message_id", key=True),
    _number("attempts"),
    #: Empty when given up.
    _number("next_at", null=True),
    _text("cause"),
    _bytes("sealed", null=True),
)

Index("texts_due", texts.c.next_at, texts.c.message_id, sqlite_where=texts.c.next_at.is_not(None))

# Configuration

documents = Table("documents", METADATA, _text("content_id", key=True), _bytes("content"))

releases = Table(
    "releases",
    METADATA,
    _text("id", key=True),
    _text("service_id"),
    _text("region"),
    _number("created_at"),
    _text("note"),
    _text("account_id"),
    Index("releases_service", "service_id", "created_at"),
)

release_documents = Table(
    "release_documents",
    METADATA,
    _text("release_id", ForeignKey("releases.id"), key=True),
    _text("path", key=True),
    _text("content_id", ForeignKey("documents.content_id")),
    sqlite_with_rowid=False,
)

#: What one region contributes to a service: published, or proposed and decided upon.
revisions = Table(
    "revisions",
    METADATA,
    _text("id", key=True),
    _text("service_id"),
    _text("region"),
    #: Of what it makes of the levels above; stored only once it is published.
    _text("release_id"),
    #: Revision of the next level above that it was made for; empty for a base.
    _text("parent_id"),
    #: Revision of the same region that it was made to take the place of; empty for the first.
    _text("replaces_id"),
    _text("state"),
    _text("author_id"),
    _number("proposed_at"),
    _text("approver_id"),
    _number("decided_at", null=True),
    _number("effective_at", null=True),
    _text("note"),
    _text("answer"),
    Index("revisions_region", "service_id", "region", "proposed_at", "id"),
    Index("revisions_service", "service_id", "proposed_at", "id"),
)

Index("revisions_due", revisions.c.effective_at, revisions.c.id, sqlite_where=revisions.c.state == "scheduled")
Index(
    "revisions_proposed",
    *(revisions.c[name] for name in ("service_id", "region")),
    unique=True,
    sqlite_where=revisions.c.state == "proposed",
)

revision_documents = Table(
    "revision_documents",
    METADATA,
    _text("revision_id", ForeignKey("revisions.id"), key=True),
    _text("path", key=True),
    _text("content_id", ForeignKey("documents.content_id")),
    sqlite_with_rowid=False,
)

channels = Table(
    "channels",
    METADATA,
    _text("service_id", key=True),
    _text("region", key=True),
    _text("release_id", ForeignKey("releases.id")),
    _text("revision_id", ForeignKey("revisions.id")),
    _number("at"),
    _text("account_id"),
    sqlite_with_rowid=False,
)

working_copies = Table(
    "working_copies",
    METADATA,
    _text("service_id", key=True),
    _text("region", key=True),
    _number("version"),
    _number("saved_at"),
    _text("base_release_id"),
    _text("parent_id"),
    _bytes("documents"),
)

#: Whether a service, or one item of it, is taken in: one row for each place that says something of its own.
intake_rules = Table(
    "intake_rules",
    METADATA,
    _text("service_id", key=True),
    _text("region", key=True),
    #: Empty for every item.
    _text("item", key=True),
    _number("open"),
    _number("until", null=True),
    _number("at"),
    _text("account_id"),
    sqlite_with_rowid=False,
)

# The installation

flags = Table("flags", METADATA, _text("name", key=True), _text("value"))

serials = Table("serials", METADATA, _text("key", key=True), _number("value"))

#: One row for each key ever used, to know the keys of another installation before they seal or open anything.
key_proofs = Table("key_proofs", METADATA, _text("key_id", key=True), _text("proof"))

events = Table(
    "events",
    METADATA,
    _text("chain", key=True),
    Column("sequence", BigInteger, primary_key=True, autoincrement=False, nullable=False),
    #: SHA-256 of the hash before and the event's bytes.
    _bytes("hash"),
    #: The event as JSON with sorted members, byte for byte as hashed.
    _bytes("event"),
    sqlite_with_rowid=False,
)
