"""A whole synthetic city, any size, from a seed: people, employers, postings, vacancies, sessions and a ledger."""

from talentcity.sample.city import DEFAULT_ON, LEAST_PEOPLE, MOST_PEOPLE, City, make_city
from talentcity.sample.cityfile import CityDistrict, CityFile
from talentcity.sample.credit_code import check_character
from talentcity.sample.files import disk_need, write_city
from talentcity.sample.parts import TABLES

__all__ = [
    "DEFAULT_ON",
    "LEAST_PEOPLE",
    "MOST_PEOPLE",
    "TABLES",
    "City",
    "CityDistrict",
    "CityFile",
    "check_character",
    "disk_need",
    "make_city",
    "write_city",
]
