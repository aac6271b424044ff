"""The unified social credit code of GB 32100-2015: eighteen characters, the last one a check on the others.

One character for the department that registers, one for the kind of body, six digits for the
administrative division, nine for the organisation code of GB 11714 (its last one a check of its own)
and the check character. The division of a synthetic employer belongs to no place.
"""

from __future__ import annotations

import numpy as np

CHARACTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
"""The 31 characters of GB 32100, in the order of their values 0 to 30: no I, O, S, V, Z."""

_WEIGHTS = np.array([pow(3, place, 31) for place in range(17)])
_ORGANISATION_WEIGHTS = np.array([3, 7, 9, 10, 5, 8, 4, 2])
_LETTERS = np.array(list(CHARACTERS))
_BASE_36 = np.array([int(character, 36) for character in CHARACTERS])
_HEAD = {"employer": "91", "agency": "91", "government": "11", "public_institution": "12", "state_owned": "91"}


def check_character(first_seventeen: str) -> str:
    """The eighteenth character of a code.

    Args:
        first_seventeen: the code without its check character, of `CHARACTERS`.

    Raises:
        ValueError: not seventeen characters, or one that GB 32100 does not use.

    Reference: GB 32100-2015, 法人和其他组织统一社会信用代码编码规则.

    Example:
        >>> check_character("91350100M000100Y4")
        '3'
    """
    if len(first_seventeen) != 17:
        raise ValueError(f"{first_seventeen!r} has {len(first_seventeen)} characters; expected 17.")
    values = np.array([CHARACTERS.index(character) for character in first_seventeen])
    return CHARACTERS[-int(values @ _WEIGHTS) % 31]


def organisation_check(first_eight: str) -> str:
    """The ninth character of an organisation code: 0 to 9 or X.

    Reference: GB 11714-1997, 全国组织机构代码编制规则.

    Example:
        >>> organisation_check("M000100Y")
        '4'
    """
    values = np.array([int(character, 36) for character in first_eight])
    check = 11 - int(values @ _ORGANISATION_WEIGHTS) % 11
    return {10: "X", 11: "0"}.get(check, str(check))


def credit_codes(numbers: np.ndarray, sectors: list[str], *, division: str) -> list[str]:
    """A code for each employer: `numbers` (each once) become the organisation codes.

    Args:
        numbers: (n,) int, each below 31 ** 7.
        sectors: n of employer, agency, government, public_institution, state_owned.
        division: six digits of an administrative division.
    """
    heads = [[CHARACTERS.index(character) for character in _HEAD[sector] + division] for sector in sectors]
    letters = numbers[:, None] // 31 ** np.arange(6, -1, -1) % 31
    organisation = np.concatenate([np.full((len(numbers), 1), CHARACTERS.index("M")), letters], axis=1)
    check = 11 - _BASE_36[organisation] @ _ORGANISATION_WEIGHTS % 11
    ninth = np.where(check == 10, CHARACTERS.index("X"), check % 11)
    values = np.concatenate([np.array(heads).reshape(-1, 8), organisation, ninth[:, None]], axis=1)
    whole = np.concatenate([values, (-(values @ _WEIGHTS) % 31)[:, None]], axis=1)
    codes: list[str] = _LETTERS[whole].view(f"U{whole.shape[1]}").ravel().tolist()
    return codes
