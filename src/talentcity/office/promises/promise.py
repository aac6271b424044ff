"""The promise as dated data: which services, how many at least, within how many days, from which day on."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.utils.translation import get_language

from talentcity.errors import InvalidData, NoRuleInForce, UnreadableFile
from talentcity.tables import SERVICES

BUILT_IN = Path(__file__).with_name("promise.toml")


def _in_language(zh: str, en: str) -> str:
    return zh if (get_language() or "zh").startswith("zh") else en


@dataclass(frozen=True, slots=True)
class Service:
    """One service of the promise: at least `least` of it within `within_days` days of registration."""

    code: str
    zh: str
    en: str
    least: int
    within_days: int

    @property
    def name(self) -> str:
        """The service's name in the language of the page."""
        return _in_language(self.zh, self.en)

    def due_on(self, registered_on: date) -> date:
        """The last day on which the promise to somebody who registered then can still be kept."""
        return registered_on + timedelta(days=self.within_days)


@dataclass(frozen=True, slots=True)
class Promise:
    """The promise in force on a day."""

    services: tuple[Service, ...]
    valid_from: date
    source: str
    covers_zh: str
    covers_en: str

    @property
    def covers(self) -> str:
        """Who is covered, in the language of the page."""
        return _in_language(self.covers_zh, self.covers_en)

    def service(self, code: str) -> Service | None:
        """The service of that code, or None when the promise does not name it."""
        return next((service for service in self.services if service.code == code), None)


def current(on: date) -> Promise:
    """The promise in force on that day.

    Raises:
        NoRuleInForce: the day lies before the first block of the file.
        InvalidData, UnreadableFile: the file is wrong or cannot be read.
    """
    path = Path(settings.TALENTCITY_PROMISE or BUILT_IN)
    blocks = _blocks(path)
    found = [promise for promise in blocks if promise.valid_from <= on]
    if not found:
        first = blocks[0].valid_from
        raise NoRuleInForce(f"{path.name}: no promise is in force on {on}; the first is in force on {first}.")
    return found[-1]


@lru_cache(maxsize=8)
def _blocks(path: Path) -> tuple[Promise, ...]:
    try:
        read = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise UnreadableFile(f"{path} cannot be read: {error.strerror or error}.") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InvalidData(f"{path.name} is not TOML: {error}.") from None
    blocks = read.get("in_force")
    if not isinstance(blocks, list) or not blocks:
        raise InvalidData(f"{path.name}: expected at least one block [[in_force]].")
    promises = tuple(_promise(block, f"{path.name}, block {number}") for number, block in enumerate(blocks, 1))
    days = [promise.valid_from for promise in promises]
    if days != sorted(set(days)):
        raise InvalidData(f"{path.name}: expected the blocks in rising order of `from`, each day once.")
    return promises


def _promise(block: dict[str, object], where: str) -> Promise:
    services = _typed(block, "services", list, where)
    read = tuple(_service(service, f"{where}, service {number}") for number, service in enumerate(services, 1))
    codes = [service.code for service in read]
    if not codes or len(codes) != len(set(codes)):
        raise InvalidData(
            f"{where}: expected at least one service, each code once; found {', '.join(codes) or 'none'}."
        )
    texts = {name: _typed(block, name, str, where) for name in ("source", "covers_zh", "covers_en")}
    return Promise(services=read, valid_from=_typed(block, "from", date, where), **texts)


def _service(block: dict[str, object], where: str) -> Service:
    service = Service(
        code=_typed(block, "code", str, where),
        zh=_typed(block, "zh", str, where),
        en=_typed(block, "en", str, where),
        least=_typed(block, "least", int, where),
        within_days=_typed(block, "within_days", int, where),
    )
    if service.code not in SERVICES:
        raise InvalidData(f"{where}: code {service.code!r} is not known; expected one of {', '.join(SERVICES)}.")
    for name in ("least", "within_days"):
        if getattr(service, name) < 1:
            raise InvalidData(f"{where}: {name} is {getattr(service, name)}; expected a whole number of at least 1.")
    return service


def _typed(block, name, kind, where):
    value = block.get(name)
    if not isinstance(value, kind) or isinstance(value, bool):
        words = {str: "a text", int: "a whole number", list: "a list", date: "a day such as 2024-01-01"}[kind]
        raise InvalidData(f"{where}: {name} is {'missing' if value is None else repr(value)}; expected {words}.")
    return value
