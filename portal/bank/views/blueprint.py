from flask import Blueprint

pages = Blueprint("bank", __name__)
#: The largest id a database gives.
LARGEST_ID = 2**31 - 1
