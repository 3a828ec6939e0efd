from decimal import ROUND_HALF_UP, Decimal

FEN = Decimal("0.01")


def to_fen(amount: Decimal) -> Decimal:
    """Round half-up to 0.01 yuan (spec E-036): 57.276 → 57.28. Never takes a float."""
    return amount.quantize(FEN, rounding=ROUND_HALF_UP)
