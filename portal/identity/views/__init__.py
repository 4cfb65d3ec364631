"""Pages about accounts: the door, links in mails, one's own account, everybody's accounts."""

from flask import Blueprint

pages = Blueprint("identity", __name__)

from portal.identity.views import account, door, links, people  # noqa: E402

__all__ = ["account", "door", "links", "pages", "people"]
