"""The room `match`: which vacancies a person may take, how well the two fit, and why.

>>> from talentcity.match import pair  # tables in, a frozen Matching with pairs and reasons out
"""

from talentcity.match.candidates import LEVELS
from talentcity.match.pairing import WHY, Counts, Matching, capacity_of, pair, vacancies_of
from talentcity.match.weights import Weights, weights

__all__ = ["LEVELS", "WHY", "Counts", "Matching", "Weights", "capacity_of", "pair", "vacancies_of", "weights"]
