"""Dated parameters of law and policy: what is in force on a day, and how far it may be trusted."""

from talentcity.law.catalogue import load, names, parameters, stale
from talentcity.law.parameter import Block, InForce, Named, Parameter, SourceKind
from talentcity.law.reading import read_parameter

__all__ = [
    "Block",
    "InForce",
    "Named",
    "Parameter",
    "SourceKind",
    "load",
    "names",
    "parameters",
    "read_parameter",
    "stale",
]
