"""The parameters that come with the programme: `data/<place>/<topic>/<name>.toml`.

A change of the law adds a block `[[in_force]]`; a block is never edited. `checked_on` is the last day
on which someone competent read the source again; empty as long as nobody has. `names.toml` names places and topics.
"""

from __future__ import annotations

import tomllib
from datetime import date
from functools import cache
from importlib import resources
from pathlib import Path

from talentcity.errors import InvalidData, UnknownName
from talentcity.law.parameter import Named, Parameter
from talentcity.law.reading import read_parameter


@cache
def names() -> tuple[str, ...]:
    """The names of all parameters that come with the programme, in order."""
    root = _home() / "data"
    return tuple(sorted(path.relative_to(root).with_suffix("").as_posix() for path in root.rglob("*.toml")))


@cache
def load(name: str) -> Parameter:
    """A parameter by its name.

    Raises:
        UnknownName: there is no such parameter.
        InvalidData: its file is wrong.

    Example:
        >>> load("cn/labour_law/minimum_age").place.en
        'China'
    """
    if name not in names():
        raise UnknownName(f"law: there is no parameter {name!r}. There are: {', '.join(names())}.")
    place, topic = _place_and_topic(name)
    return read_parameter(_home() / "data" / f"{name}.toml", name, place=place, topic=topic)


def parameters() -> tuple[Parameter, ...]:
    """All parameters that come with the programme: by place, topic and name, wider places first.

    Raises:
        InvalidData: the file of one is wrong.
    """
    return tuple(sorted(map(load, names()), key=lambda each: (each.place.code, each.name)))


def stale(on: date) -> tuple[Parameter, ...]:
    """The parameters whose newest value is too old to be trusted on a day, as `Parameter.stale_on` says.

    Example:
        >>> from datetime import date
        >>> stale(date(2000, 1, 1))
        ()
    """
    return tuple(each for each in parameters() if each.stale_on(on))


def _place_and_topic(name: str) -> tuple[Named, Named]:
    places, topics = _named()
    codes = [code for code in places if name.startswith(f"{code}/")]
    if not codes:
        raise InvalidData(f"names.toml: no place is the beginning of {name}; expected one under [places].")
    code = max(codes, key=len)
    topic = name.removeprefix(f"{code}/").split("/")[0]
    if topic not in topics:
        raise InvalidData(f"names.toml: {topic}, of {name}, is not named; expected it under [topics].")
    return places[code], topics[topic]


@cache
def _named() -> tuple[dict[str, Named], dict[str, Named]]:
    data = tomllib.loads((_home() / "names.toml").read_text(encoding="utf-8"))
    places, topics = (
        {code: Named(code, said["zh"], said["en"]) for code, said in data[table].items()}
        for table in ("places", "topics")
    )
    return places, topics


def _home() -> Path:
    return Path(str(resources.files("talentcity.law")))
