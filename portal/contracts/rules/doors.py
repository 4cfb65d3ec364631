"""The private link in a company's mails: how long it opens, how often a new one may be asked for."""

from datetime import timedelta

#: Long enough for holidays; every mail brings a fresh one.
OPENS_FOR = timedelta(days=30)
#: Links for one contact of one contract within an hour, however they were asked for.
MOST_AN_HOUR = 5
#: Links of one contract within an hour after which no further colleague is invited.
MOST_OF_A_CONTRACT = 30
#: How long a link that opens nothing any more still knows where to send a new one.
REMEMBERED = timedelta(days=365)
