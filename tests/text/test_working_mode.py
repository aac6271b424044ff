"""The working mode that a field or an advert states."""

from __future__ import annotations

import pytest

from talentcity.text.working_mode import WORKING_MODES, read_working_mode


@pytest.mark.parametrize(
    ("text", "mode", "words"),
    [
        ("可居家办公", "remote", "可居家办公"),
        ("支持远程，工资日结", "remote", "支持远程"),
        ("遠程辦公", "remote", "遠程辦公"),
        ("在家工作即可", "remote", "在家工作"),
        ("This is a fully remote role", "remote", "fully remote role"),
        ("Remote", "remote", "Remote"),
        ("You may work from home", "remote", "work from home"),
        ("混合办公", "hybrid", "混合办公"),
        ("每周两天远程", "hybrid", "两天远程"),
        ("部分时间远程办公", "hybrid", "部分时间远程办公"),
        ("Hybrid (3 days in the office)", "hybrid", "Hybrid"),
        ("hybrid working", "hybrid", "hybrid working"),
        ("不接受远程办公", "on_site", "不接受远程办公"),
        ("非远程", "on_site", "非远程"),
        ("Not remote", "on_site", "Not remote"),
        ("线上兼职勿扰", "on_site", "线上兼职勿扰"),
        ("需坐班", "on_site", "需坐班"),
        ("驻场开发", "on_site", "驻场开发"),
        ("On-site only", "on_site", "On-site only"),
    ],
)
def test_modes(text, mode, words):
    found = read_working_mode(text)
    assert mode in WORKING_MODES
    assert (found.mode, text[found.start : found.end]) == (mode, words)


@pytest.mark.parametrize(
    "text",
    [
        "", "双休", "负责远程监控和远程支持", "接受远程面试", "remote control systems", "remote sensing",
        "nursing home staff", "上班轻松，全是坐班岗位", "不坐班", "咨询驻场老师",
        "现场管理5S", "hybrid vehicles", "web site",
    ],
)  # fmt: skip
def test_nothing_said_of_the_mode(text):
    assert read_working_mode(text) is None
