"""Fixtures that every test may use: the cast and a clean house."""

import pytest
from django.conf import settings

from tests.cast import Cast, build_cast


def pytest_configure() -> None:
    """Hash passwords cheaply: a hundred people sign up in every run."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def cast(db: None) -> Cast:
    """The fixed cast of tests/cast.py."""
    return build_cast()
