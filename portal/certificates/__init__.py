"""Papers the school answers for: frozen bytes, an unbroken number, a page where anybody can check them."""
