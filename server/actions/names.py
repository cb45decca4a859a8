"""Names of accounts, each read once for a page."""

from __future__ import annotations

from server.actions.office import Office


class Names:
    """Account ids to names; empty for the system and for accounts that are gone."""

    def __init__(self, office: Office) -> None:
        """Starts with none known."""
        self._office = office
        self._known: dict[str, str] = {"": ""}

    async def of(self, account_id: str) -> str:
        """The name of an account."""
        if account_id not in self._known:
            account = await self._office.store.account(account_id)
            self._known[account_id] = account.name if account is not None else ""
        return self._known[account_id]
