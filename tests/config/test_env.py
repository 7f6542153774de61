"""The environment is read in one place, and what cannot be read stops the start by name."""

import pytest

from config import env
from config.database import parse_database_url
from config.env import BadEnvironment


def test_what_production_must_set_has_no_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TILLGATE_SECRET_KEY")

    with pytest.raises(BadEnvironment, match="TILLGATE_SECRET_KEY is not set"):
        env.text("TILLGATE_SECRET_KEY")


@pytest.mark.parametrize("value", ["", "  "])
def test_an_empty_variable_is_one_that_is_not_set(
    value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TILLGATE_LOG_LEVEL", value)

    assert env.text("TILLGATE_LOG_LEVEL") == "INFO"


def test_text_is_trimmed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TILLGATE_LOG_LEVEL", " DEBUG ")

    assert env.text("TILLGATE_LOG_LEVEL") == "DEBUG"


def test_a_number_that_is_none_stops_with_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TILLGATE_DATABASE_POOL", "many")

    with pytest.raises(BadEnvironment, match="TILLGATE_DATABASE_POOL must be a whole number"):
        env.integer("TILLGATE_DATABASE_POOL")


@pytest.mark.parametrize(("value", "meant"), [("true", True), ("TRUE", True), ("false", False)])
def test_a_switch_is_true_or_false(
    value: str, meant: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TILLGATE_SECURE_COOKIES", value)

    assert env.boolean("TILLGATE_SECURE_COOKIES") is meant


@pytest.mark.parametrize("value", ["1", "yes", "off"])
def test_a_switch_that_is_neither_stops_with_its_name(
    value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TILLGATE_SECURE_COOKIES", value)

    with pytest.raises(BadEnvironment, match="TILLGATE_SECURE_COOKIES must be true or false"):
        env.boolean("TILLGATE_SECURE_COOKIES")


def test_a_list_is_split_at_commas_and_trimmed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TILLGATE_ALLOWED_HOSTS", " a.example, ,b.example,")

    assert env.listing("TILLGATE_ALLOWED_HOSTS") == ["a.example", "b.example"]


def test_settings_provide_only_what_is_not_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TILLGATE_LOG_LEVEL", "ERROR")
    monkeypatch.delenv("TILLGATE_LOG_FORMAT", raising=False)

    env.provide(TILLGATE_LOG_LEVEL="DEBUG", TILLGATE_LOG_FORMAT="console")

    assert env.text("TILLGATE_LOG_LEVEL") == "ERROR"
    assert env.text("TILLGATE_LOG_FORMAT") == "console"
    monkeypatch.delenv("TILLGATE_LOG_FORMAT")


def test_nothing_can_be_provided_that_is_no_variable() -> None:
    with pytest.raises(BadEnvironment, match="TILLGATE_COLOUR is no variable"):
        env.provide(TILLGATE_COLOUR="red")


def test_every_variable_says_what_it_means_and_its_default_can_be_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    readers = {
        "text": env.text,
        "int": env.integer,
        "bool": env.boolean,
        "list": env.listing,
    }
    for name, variable in env.VARIABLES.items():
        assert variable.name == name
        assert variable.meaning
        if variable.default is not None:
            monkeypatch.delenv(name, raising=False)
            readers[variable.kind](name)


def test_given_addresses_are_taken_as_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://db.example/tillgate")
    monkeypatch.setenv("REDIS_URL", "redis://broker.example/3")

    assert env.database_url() == "postgresql://db.example/tillgate"
    assert env.redis_url() == "redis://broker.example/3"


def test_a_database_url_becomes_djangos_dictionary() -> None:
    parsed = parse_database_url(
        "postgresql://till%40gate:p%2Fw@db.example:6543/till%20gate?sslmode=require",
        role="tillgate_app",
        pool_size=0,
    )

    assert (parsed["USER"], parsed["PASSWORD"]) == ("till@gate", "p/w")
    assert (parsed["HOST"], parsed["PORT"], parsed["NAME"]) == ("db.example", "6543", "till gate")
    assert parsed["ENGINE"] == "tenancy.postgres"
    assert parsed["OPTIONS"]["sslmode"] == "require"
    assert parsed["OPTIONS"]["assume_role"] == "tillgate_app"
    assert "pool" not in parsed["OPTIONS"]


def test_a_socket_folder_and_a_pool_are_read_too() -> None:
    parsed = parse_database_url(
        "postgresql://tillgate@/tillgate?host=/run/pg", role="tillgate_app", pool_size=16
    )

    assert (parsed["HOST"], parsed["PORT"]) == ("/run/pg", "")
    assert parsed["OPTIONS"]["pool"]["max_size"] == 16


@pytest.mark.parametrize("url", ["", "mysql://h/d", "postgresql://h", "postgresql://h/"])
def test_what_is_no_database_url_is_refused(url: str) -> None:
    with pytest.raises(BadEnvironment, match="DATABASE_URL must look like"):
        parse_database_url(url, role="tillgate_app", pool_size=0)
