"""The room `plan`: who is recommended where, under real capacities, with a proof.

>>> from talentcity.plan import solve  # pairs and capacity as data frames in, a frozen Plan out
"""

from talentcity.plan.certify import PlanDefect
from talentcity.plan.changes import Changes, changes
from talentcity.plan.gathering import Source
from talentcity.plan.prices import Place, Prices
from talentcity.plan.problem import Problem
from talentcity.plan.result import Certificate, Plan, Shortage, Status
from talentcity.plan.shortage import Group
from talentcity.plan.solving import DEFAULT_GAP, Options, solve, solve_arrays, solve_problem
from talentcity.plan.variants import Congestion

__all__ = [
    "DEFAULT_GAP",
    "Certificate",
    "Changes",
    "Congestion",
    "Group",
    "Options",
    "Place",
    "Plan",
    "PlanDefect",
    "Prices",
    "Problem",
    "Shortage",
    "Source",
    "Status",
    "changes",
    "solve",
    "solve_arrays",
    "solve_problem",
]
