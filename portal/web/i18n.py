"""Language, theme and time zone of a request, and the filters that depend on them."""

from collections.abc import Callable
from datetime import date
from functools import lru_cache
from gettext import NullTranslations
from typing import Any, cast

from babel import Locale
from babel.dates import format_date
from flask import Flask, request
from flask_babel import Babel, format_datetime, format_time, get_locale, get_translations
from flask_login import current_user
from markupsafe import Markup

from portal.kernel.clock import SCHOOL_ZONE, school_time
from portal.kernel.i18n import translate
from portal.kernel.money import format_eur
from portal.web.cookies import kept

LANGUAGES = ["fr", "en"]
FRENCH = Locale("fr")
LANGUAGE_COOKIE = "language"  # through `cookies.keep`
NBSP = "\u00a0"


def language() -> str:
    """The person's own choice, else this browser's cookie, else what it asks for, else French."""
    if current_user and current_user.is_authenticated:
        return current_user.locale
    chosen = kept(LANGUAGE_COOKIE)
    if chosen in LANGUAGES:
        return chosen
    return request.accept_languages.best_match(LANGUAGES) or "fr"


def theme() -> str:
    """`light` or `dark` when the person forces one, else empty: the system decides."""
    return current_user.theme if current_user and current_user.is_authenticated else ""


def spoken_language() -> str:
    return _locale().language


def long_day(day: date) -> Markup:
    """“Thursday 14 January 2027”, « jeudi 1er janvier 2027 »; no break between day and month."""
    return _day(day, "EEEE", "MMMM y")


def day(day: date) -> Markup:
    """“5 January 2027”, « 5 janvier 2027 »."""
    return _day(day, "", "MMMM y")


def short_day(day: date) -> Markup:
    """“5 Jan 2027”, « 5 janv. 2027 »."""
    return _day(day, "", "MMM y")


def weekday(day: date) -> str:
    """“Thursday”, « jeudi »."""
    return format_date(day, "EEEE", _locale())


def day_month(day: date) -> Markup:
    """“14 January”, « 14 janvier »."""
    return _day(day, "", "MMMM")


def day_number(day: date) -> Markup | str:
    """“1”, « 1er »."""
    return _number(day, _locale())


def hour(instant) -> str:
    """09:00, on the school's clock."""
    return format_time(instant, "HH:mm")


def moment(instant) -> Markup:
    """“5 Jan 2027, 09:41”, on the school's clock."""
    return Markup("{}, {}").format(short_day(school_time(instant).date()), hour(instant))


def local(row, field: str) -> str:
    """The text of `row.<field>_fr` or `row.<field>_en`, as the reader prefers."""
    return getattr(row, f"{field}_{spoken_language()}")


def _locale() -> Locale:
    return get_locale() or FRENCH


def _day(value: date, weekday: str, rest: str) -> Markup:
    return _written(value, weekday, rest, _locale())


@lru_cache(maxsize=4096)
def _written(value: date, weekday: str, rest: str, locale: Locale) -> Markup:
    """A long list shows the same few days, and babel takes a tenth of a millisecond for each."""
    before = f"{format_date(value, weekday, locale)} " if weekday else ""
    after = format_date(value, rest, locale).replace(" ", NBSP, 1)
    written = Markup("{}{}{}{}").format(before, _number(value, locale), NBSP, after)
    # One piece also where every node of a cell becomes a box of its own.
    return Markup("<span>{}</span>").format(written) if "<" in written else written


def _number(value: date, locale: Locale) -> Markup | str:
    first = value.day == 1 and locale.language == "fr"
    return Markup("1<sup>er</sup>") if first else str(value.day)


def _catalogues() -> Callable[[], NullTranslations]:
    """The sentences of this request's language; flask-babel takes as long to find them as to draw a line."""
    known: dict[str, NullTranslations] = {}

    def catalogue() -> NullTranslations:
        language = spoken_language()
        if language not in known:
            known[language] = get_translations()
        return known[language]

    return catalogue


def init_app(app: Flask) -> None:
    Babel(
        app,
        default_locale="fr",
        default_timezone=SCHOOL_ZONE.key,
        default_translation_directories="translations",
        locale_selector=language,
    )
    catalogue, jinja = _catalogues(), cast(Any, app.jinja_env)  # its extension added the method
    jinja.install_gettext_callables(
        gettext=lambda one: catalogue().gettext(one),
        ngettext=lambda one, many, count: catalogue().ngettext(one, many, count),
        newstyle=True,
    )
    app.jinja_env.globals.update(language=spoken_language, theme=theme)
    app.jinja_env.filters.update(
        eur=lambda cents: format_eur(cents, _locale()),
        long_day=long_day,
        day=day,
        short_day=short_day,
        weekday=weekday,
        day_month=day_month,
        day_number=day_number,
        hour=hour,
        moment=moment,
        local=local,
        school_day=lambda instant: school_time(instant).date(),
        in_words=lambda reason: translate(reason, spoken_language()),
        month=lambda value: format_datetime(value, "LLLL y"),
    )
