"""Words that the simulated systems of other departments say."""

from __future__ import annotations

#: Members of a means-check report that are balances, with their names.
BALANCE_NAMES: dict[str, str] = {"deposits_fen": "银行存款", "securities_fen": "有价证券（基金）"}

REPORT_AGREES = "核对结果与申报一致。"
REPORT_DIFFERS = "{name}核对数比申报数多 {yuan} 元。"
