from email.message import EmailMessage
from email.utils import make_msgid

from peewee import IntegerField, TextField

from portal.kernel import clock
from portal.kernel.db import InstantField, Table


class OutgoingMail(Table):
    """A promise to send. `message_id` is fixed, so that a repeat is recognised where it arrives."""

    recipient = TextField()
    subject = TextField()
    body = TextField()
    message_id = TextField(unique=True, default=lambda: make_msgid(domain="portal.invalid"))
    due_at = InstantField(default=clock.now)
    attempts = IntegerField(default=0)
    sent_at = InstantField(null=True)
    created_at = InstantField(default=clock.now)

    class Meta:
        indexes = ((("sent_at", "due_at"), False),)

    def message(self, sender: str) -> EmailMessage:
        message = EmailMessage()
        message["To"] = self.recipient
        message["From"] = sender
        message["Subject"] = self.subject
        message["Message-ID"] = self.message_id
        message.set_content(self.body)
        return message
