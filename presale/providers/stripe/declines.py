"""What a bank's refusal means for us: try again, ask its holder, another card, or never again.

The codes are those of https://docs.stripe.com/declines/codes; one that is not listed is soft.
"""

from typing import Any, Final

from presale.providers.base import Decline

NEEDS_CUSTOMER: Final = {"authentication_required", "payment_intent_action_required"}
# The networks fine shops that try these again.
HARD: Final = {
    "do_not_try_again", "fraudulent", "lost_card", "merchant_blacklist", "pickup_card",
    "restricted_card", "revocation_of_all_authorizations", "revocation_of_authorization",
    "security_violation", "stolen_card", "stop_payment_order", "testmode_decline",
}  # fmt: skip
NEW_METHOD: Final = {
    "authentication_failed", "card_not_supported", "currency_not_supported", "expired_card",
    "incorrect_address", "incorrect_cvc", "incorrect_number", "incorrect_zip", "invalid_account",
    "invalid_cvc", "invalid_expiry_month", "invalid_expiry_year", "invalid_number",
    "new_account_information_available", "no_account",
    "payment_intent_authentication_failure", "payment_method_not_available",
    "setup_intent_authentication_failure", "transaction_not_allowed",
}  # fmt: skip
BY_ADVICE: Final = {"do_not_try_again": "hard", "confirm_card_data": "new_method"}


def decline_of(error: Any) -> Decline:
    """The refusal in Stripe's error, on an exception or on an intent."""
    code = getattr(error, "decline_code", None) or getattr(error, "code", None) or "declined"
    advice = getattr(error, "advice_code", None) or ""
    if {code, getattr(error, "code", None)} & NEEDS_CUSTOMER:
        return Decline("needs_customer", "authentication_required")
    if code in HARD or BY_ADVICE.get(advice) == "hard":
        return Decline("hard", code)
    if code in NEW_METHOD or BY_ADVICE.get(advice) == "new_method":
        return Decline("new_method", code)
    return Decline("soft", code)
