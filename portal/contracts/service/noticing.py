"""What staff saw of a file before they decided."""

from collections.abc import Iterable

from portal import audit
from portal.contracts import queries
from portal.contracts.models import Contract
from portal.kernel.db import transaction

SEEN = "contract:warning-seen"


def note_seen(contract_id: int, keys: Iterable[str], *, by: int) -> int:
    """Write down that somebody saw these warnings of the file as it is now; how many were new to the trail."""
    wanted = set(keys)
    with transaction():
        contract = Contract.hold(contract_id)
        before = queries.seen_warnings(contract_id)
        new = [
            finding.key
            for finding in queries.findings(contract)
            if not finding.blocks and finding.key in wanted and finding.key not in before
        ]
        for key in new:
            audit.record(SEEN, subject=f"contract:{contract_id}", actor_id=by, detail=key)
    return len(new)
