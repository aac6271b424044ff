"""The room `plan`: who is recommended where, under real capacities, with a proof.

>>> from talentcity.plan import solve  # pairs and capacity as data frames in, a frozen Plan out
"""

from talentcity.plan.certify import PlanDefect
from talentcity.plan.exact import DEFAULT_GAP, solve, solve_problem
from talentcity.plan.gathering import Source
from talentcity.plan.problem import Problem
from talentcity.plan.result import Certificate, Plan, Shortage, Status
from talentcity.plan.shortage import Group

__all__ = [
    "DEFAULT_GAP",
    "Certificate",
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
