"""The examples in the docstrings of the room."""

from __future__ import annotations

import doctest
import importlib
import pkgutil

from talentcity import tables


def test_examples_leave_nothing_where_they_are_run(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    names = [module.name for module in pkgutil.iter_modules(tables.__path__, "talentcity.tables.")]
    flags = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE  # as everywhere else
    ran = [doctest.testmod(importlib.import_module(name), optionflags=flags) for name in names]
    assert (sum(each.attempted for each in ran) > 0, sum(each.failed for each in ran)) == (True, 0)
    assert list(tmp_path.iterdir()) == []
