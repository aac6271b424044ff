"""TalentCity: a city keeps its promise to every young job seeker."""

__version__ = "0.1.0"
