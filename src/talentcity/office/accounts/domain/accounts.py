"""Make accounts, hand out links by which a password is set, close accounts and open them again; each is noted."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib.auth.tokens import default_token_generator
from django.db import transaction
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode
from django.utils.translation import gettext as _

from talentcity.errors import TalentCityError
from talentcity.office.accounts.domain.demo import is_demo
from talentcity.office.accounts.enums import Did
from talentcity.office.accounts.models import AccountNote, User


class AccountRefused(TalentCityError):
    """Something is not done to an account, for a reason the reader can act on."""


@dataclass(frozen=True, slots=True)
class Link:
    """What the address of a one-time link carries; it ends with the first password set by it, or after some days."""

    uid: str
    token: str


def make_account(account: User, *, by: User) -> User:
    """Save a new account to which nobody can sign in before a password was set by a link."""
    with transaction.atomic():
        account.set_unusable_password()
        account.save()
        note(account, did=Did.MADE, by=by)
    return account


def make_link(account: User, *, by: User) -> Link:
    """A link by which whoever holds it sets the password of the account, once.

    Raises:
        AccountRefused: the account is closed, is one's own, or is one by which everybody looks at the sample city.
    """
    if not account.is_active:
        raise AccountRefused(_("This account is closed; open it first."))
    if account.pk == by.pk:
        raise AccountRefused(_("Change your own password with the old one."))
    _refuse_demo(account)
    note(account, did=Did.LINK, by=by)
    uid = urlsafe_base64_encode(force_bytes(account.pk))
    return Link(uid=uid, token=default_token_generator.make_token(account))


def close_account(account: User, *, by: User) -> None:
    """Whoever is signed in to the account is signed out, and cannot sign in again.

    Raises:
        AccountRefused: it is one's own, or one by which everybody looks at the sample city.
    """
    if account.pk == by.pk:
        raise AccountRefused(_("Nobody closes their own account; another planner can."))
    _refuse_demo(account)
    _set_active(account, active=False, did=Did.CLOSED, by=by)


def open_account(account: User, *, by: User) -> None:
    """Whoever knows the password of a closed account can sign in again."""
    _set_active(account, active=True, did=Did.OPENED, by=by)


def note(account: User, *, did: Did, by: User) -> AccountNote:
    """Write down what was done to an account."""
    return AccountNote.objects.create(account=account, did=did, by=by)


def _refuse_demo(account: User) -> None:
    if is_demo(account.username):
        raise AccountRefused(_("Everybody looks at the sample city by this account; it stays as it is."))


def _set_active(account: User, *, active: bool, did: Did, by: User) -> None:
    with transaction.atomic():
        changed = User.objects.filter(pk=account.pk).exclude(is_active=active).update(is_active=active)
        if changed:
            note(account, did=did, by=by)
