"""Decisions about people: signing in and out, links in mails, passwords, accounts."""

from portal.identity.service.accounts import (
    add_person,
    choose_language,
    choose_look,
    disable,
    enable,
    invite,
    invite_again,
    known_or_new,
)
from portal.identity.service.links import ask_for_reset, set_password_by_link
from portal.identity.service.sessions import (
    change_password,
    confirm_password,
    end_one_session,
    end_other_sessions,
    end_session,
    recognise,
    sign_in,
    start_session,
)

__all__ = [
    "add_person",
    "ask_for_reset",
    "change_password",
    "choose_language",
    "choose_look",
    "confirm_password",
    "disable",
    "enable",
    "end_one_session",
    "end_other_sessions",
    "end_session",
    "invite",
    "invite_again",
    "known_or_new",
    "recognise",
    "set_password_by_link",
    "sign_in",
    "start_session",
]
