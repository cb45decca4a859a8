"""What places say about taking applications in."""

from __future__ import annotations

from sqlalchemy import bindparam, insert, select

from server.store.connected import Connected
from server.store.encoding import to_instant, to_optional_instant, to_optional_stamp, to_stamp
from server.store.rows import IntakeRule
from server.store.statements import sql
from server.store.tables import intake_rules
from server.types import RegionCode, ServiceId

_RULES = sql(
    select(intake_rules)
    .where(intake_rules.c.service_id == bindparam("service_id"))
    .order_by(intake_rules.c.region, intake_rules.c.item)
)
_PUT = sql(insert(intake_rules).prefix_with("OR REPLACE"))


class IntakeRules(Connected):
    """The rules of each service: one for each place and item that has its own."""

    async def intake_rules(self, service_id: ServiceId) -> tuple[IntakeRule, ...]:
        """Every rule of a service, by region and item."""
        return tuple(
            IntakeRule(
                service_id=ServiceId(service),
                region=RegionCode(region),
                item=item,
                open=bool(is_open),
                until=to_optional_instant(until),
                at=to_instant(at),
                account_id=account_id,
            )
            for service, region, item, is_open, until, at, account_id in await self._rows(_RULES, service_id=service_id)
        )

    async def put_intake_rule(self, rule: IntakeRule) -> None:
        """Stores a rule in place of the one of the same place and item."""
        await self._change(
            _PUT,
            service_id=rule.service_id,
            region=rule.region,
            item=rule.item,
            open=int(rule.open),
            until=to_optional_stamp(rule.until),
            at=to_stamp(rule.at),
            account_id=rule.account_id,
        )
