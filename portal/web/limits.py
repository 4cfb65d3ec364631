"""General limits on costly or guessable addresses, per network address and web process.

They slow floods down. What must hold exactly (sign-in, certificates a day) is counted in the database.
"""

from flask import Flask
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address

limiter = Limiter(key_func=get_remote_address, storage_uri="memory://", strategy="moving-window")


def init_app(app: Flask) -> None:
    limiter.init_app(app)
