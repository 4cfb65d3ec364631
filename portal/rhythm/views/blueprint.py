from flask import Blueprint

pages = Blueprint("rhythm", __name__)
