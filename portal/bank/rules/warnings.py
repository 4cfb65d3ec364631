"""What speaks against booking money that came in, whoever it seems to be from."""

from dataclasses import replace

from portal.bank.rules.book import Book
from portal.bank.rules.statement import Entry
from portal.bank.rules.verdict import How, Part, Suggestion, Verdict, Why


def warned(entry: Entry, book: Book, verdict: Verdict) -> Verdict:
    """The verdict, with what a person should know in place of what speaks for it; certain only without such a thing."""
    if verdict.how == How.CERTAIN:
        why = _against(entry, book, verdict.parts)
        told = Suggestion(why or verdict.why, parts=verdict.parts)
        return replace(verdict, how=How.SUGGESTED, why=why, suggestions=(told,)) if why else verdict
    suggestions = tuple(
        replace(one, why=_against(entry, book, one.parts) or one.why) for one in verdict.suggestions
    )
    if verdict.how == How.SUGGESTED:
        why = suggestions[0].why
    else:
        why = _of_the_line(entry, book) or verdict.why
    return replace(verdict, why=why, suggestions=suggestions)


def _against(entry: Entry, book: Book, parts: tuple[Part, ...]) -> Why | None:
    return _of_the_line(entry, book) or (Why.TWIN if _is_twin(entry, book, parts) else None)


def _of_the_line(entry: Entry, book: Book) -> Why | None:
    if entry.told_in_part:
        return Why.TOLD_IN_PART
    return Why.RETOLD if book.is_retold(entry) else None


def _is_twin(entry: Entry, book: Book, parts: tuple[Part, ...]) -> bool:
    """Whether one of the payers paid just that on the same day already."""
    return any(
        book.is_twin(part.payer_id, entry.days, entry.cents if len(parts) == 1 else part.cents)
        for part in parts
    )
