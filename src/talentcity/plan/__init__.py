"""The room `plan`: who is recommended where, under real capacities, with a proof.

>>> from talentcity.plan import solve  # pairs and capacity as data frames in, a frozen Plan out
"""

from talentcity.plan.certify import Group, PlanDefect
from talentcity.plan.exact import DEFAULT_GAP, solve, solve_problem
from talentcity.plan.gathering import Source
from talentcity.plan.problem import Problem
from talentcity.plan.result import Plan, Shortage, Status

__all__ = [
    "DEFAULT_GAP",
    "Group",
    "Plan",
    "PlanDefect",
    "Problem",
    "Shortage",
    "Source",
    "Status",
    "solve",
    "solve_problem",
]
