"""Money going back to those who paid, decided by two people."""
