"""The registers that an office keeps: each a `Register` here, and thereby a page, a paper and a file."""

from gongying.reports.registers.claims import CLAIMS
from gongying.reports.registers.doings import FOLLOW_UPS, JOBS, ORDERS
from gongying.reports.registers.requests import COMPLAINTS, REQUESTS, VIOLATIONS
from gongying.reports.registers.shape import Register
from gongying.reports.registers.touches import TOUCHES

REGISTERS = (TOUCHES, REQUESTS, JOBS, COMPLAINTS, FOLLOW_UPS, ORDERS, VIOLATIONS, CLAIMS)


def find_register(key: str) -> Register | None:
    return next((register for register in REGISTERS if register.key == key), None)
