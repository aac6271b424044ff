"""Dated parameters of law and policy: what is in force on a day, and how far it may be trusted."""

from talentcity.law.parameter import InForce, Parameter, load, names, read_parameter

__all__ = ["InForce", "Parameter", "load", "names", "read_parameter"]
