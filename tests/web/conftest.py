"""People whom many tests of pages need; a test that needs others names them itself."""

import pytest


@pytest.fixture
def registrar(make):
    return make.staff("registrar", name="Nadia Benali")


@pytest.fixture
def staff(client, registrar):
    """The registrar at work."""
    return client.sign_in(registrar)


@pytest.fixture
def clerk(make):
    return make.staff("finance", name="Grace Hopper")


@pytest.fixture
def finance(client, clerk):
    """The clerk at work."""
    return client.sign_in(clerk)
