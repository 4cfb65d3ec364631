from flask import Blueprint, request

from portal.web.fields import tidy_line

pages = Blueprint("fees", __name__)

#: Larger numbers are no record's; SQLite could not even look for them.
LARGEST_ID = 2**31 - 1


def searched() -> str:
    return tidy_line(request.args.get("q", ""))[:100]
