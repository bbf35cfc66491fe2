"""Masked forms of names and contact data (L1) for callers who may not read the values.

The values are read by a system unit, stay inside of ``ContactMask`` and never reach a caller:
what comes out are ``王**`` and ``139****5678``, also where free text quotes a person.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlmodel import col

from storage.database import Database
from storage.identity import Caller
from storage.tables import Contact

# ASCII classes on purpose: Chinese characters are "\w" and stand right beside numbers. The
# patterns begin with a fixed character, so that a long text without numbers is passed quickly.
MOBILE = re.compile(
    r"1(?:(?<![A-Za-z0-9-]1)|(?<=\+861))([3-9][0-9])[- ]?([0-9]{4})[- ]?([0-9]{4})(?![0-9])"
)
LANDLINE = re.compile(r"0(?<![A-Za-z0-9-]0)([0-9]{2,3})-([0-9]{7,8})(?![0-9])")
MAIL = re.compile(
    r"(?<![A-Za-z0-9_.+-])([A-Za-z0-9_.+-])[A-Za-z0-9_.+-]*@([A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+)"
)
_LOCAL = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.+-")
_SHORTEST = 2


@dataclass(frozen=True, slots=True)
class MaskedContact:
    """What a caller without L1 may see of a contact."""

    name: str | None
    phone: str | None
    mail: str | None
    wechat: str | None


def mask_name(name: str) -> str:
    """The first character and stars: ``王**``, ``J**``."""
    return f"{name[:1]}**"


def mask_numbers(text: str) -> str:
    """Phone numbers and mail addresses of a text: ``139****5678``, ``w***@renhe.cn``."""
    text = MOBILE.sub(lambda m: f"1{m[1]}****{m[3]}", text)
    text = LANDLINE.sub(lambda m: f"0{m[1]}-****{m[2][-4:]}", text)
    return MAIL.sub(lambda m: f"{m[1]}***@{m[2]}", text) if "@" in text else text


def mails(text: str) -> Iterator[re.Match[str]]:
    """What ``MAIL.finditer`` finds, from "@" to "@": the pattern itself would try every word."""
    end, at = 0, text.find("@")
    while at >= 0:
        start = at
        while start > end and text[start - 1] in _LOCAL:
            start -= 1
        if found := MAIL.match(text, start):
            yield found
            end = found.end()
        at = text.find("@", max(at + 1, end))


class ContactMask:
    """Knows the contacts of some customers and shows only their masked forms."""

    def __init__(self, contacts: Sequence[Contact] = ()) -> None:
        self.__by_id = {contact.id: _masked(contact) for contact in contacts}
        hidden: dict[str, str] = {}
        for contact in contacts:
            for value, mask in (
                (contact.name, mask_name),
                (contact.phone, _mask_phone),
                (contact.email, mask_numbers),
                (contact.wechat, mask_name),
            ):
                if value and len(value) >= _SHORTEST:
                    hidden[value] = mask(value)
        self.__hidden = hidden
        longest_first = sorted(hidden, key=len, reverse=True)
        self.__pattern = re.compile("|".join(map(re.escape, longest_first))) if hidden else None

    def contact(self, contact_id: str) -> MaskedContact | None:
        """The masked forms of one contact."""
        return self.__by_id.get(contact_id)

    def hide(self, text: str) -> str:
        """A text in which the known names and all phone numbers and addresses are masked."""
        if self.__pattern is not None:
            text = self.__pattern.sub(lambda hit: self.__hidden[hit.group()], text)
        return mask_numbers(text)

    def __repr__(self) -> str:
        return f"ContactMask({len(self.__by_id)} contacts)"


def contact_mask(
    database: Database, caller: Caller, customer_ids: Sequence[str], limit: int = 300
) -> ContactMask:
    """The mask for customers that the caller has been found to see; run on a storage thread."""
    statement = (
        select(Contact)
        .where(col(Contact.org_id) == caller.org_id, col(Contact.customer_id).in_(customer_ids))
        .order_by(col(Contact.id))
        .limit(limit)
    )
    if not customer_ids:
        return ContactMask()
    with database.system("contact_mask", write=False) as session:
        return ContactMask(session.scalars(statement).all())


def _masked(contact: Contact) -> MaskedContact:
    return MaskedContact(
        name=mask_name(contact.name) if contact.name else None,
        phone=_mask_phone(contact.phone) if contact.phone else None,
        mail=mask_numbers(contact.email) if contact.email else None,
        wechat=mask_name(contact.wechat) if contact.wechat else None,
    )


def _mask_phone(phone: str) -> str:
    """Every number is masked, also one that does not look like a Chinese one."""
    masked = mask_numbers(phone)
    return masked if masked != phone else f"{phone[:3]}****{phone[-2:]}"
