"""Writing down what left the portal."""

from portal import audit
from portal.kernel.db import transaction


def note_export(name: str, *, asked: str, by: int) -> None:
    """Somebody took the file `name`; `asked` are the filters as they stood in the address."""
    with transaction():
        audit.record("office:exported", subject=f"list:{name}", actor_id=by, detail=asked)
