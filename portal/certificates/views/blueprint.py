from flask import Blueprint

pages = Blueprint("certificates", __name__)
