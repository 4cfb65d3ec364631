"""The bank of a demo, where its files can be fetched. Registered in demo mode only."""

from flask import Blueprint, render_template

from portal.demo import bank
from portal.kernel import clock
from portal.kernel.errors import Missing
from portal.web.downloads import bytes_to_save
from portal.web.guards import public

pages = Blueprint("demo", __name__)
LARGEST_ID = 2**31 - 1


@pages.get("/dev/bank")
@public
def show_bank():
    return render_template("demo/bank.html", orders=bank.released_orders(), today=clock.today())


@pages.get("/dev/bank/statement.xml")
@public
def give_statement():
    today = clock.today()
    return bytes_to_save(bank.statement(today), f"statement-{today}.xml", "application/xml")


@pages.get(f"/dev/bank/<int(max={LARGEST_ID}):order_id>/answer.xml")
@public
def give_answer(order_id: int):
    order = next((one for one in bank.released_orders() if one.id == order_id), None)
    if order is None:
        raise Missing("There is no such payment order.")
    return bytes_to_save(bank.answer(order), f"answer-{order.number}.xml", "application/xml")
