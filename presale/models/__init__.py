"""The pre-sale: campaigns, pre-orders, payments, the ledger, production, and the demo bank."""

from presale.models.bank import (
    BankCharge,
    BankCustomer,
    BankDispute,
    BankEvent,
    BankIntent,
    BankRefund,
)
from presale.models.campaign import Campaign, PersonLimit, PriceStep, Variant
from presale.models.delay import Delay, DelayAnswer
from presale.models.dispute import Dispute
from presale.models.gift import Gift
from presale.models.house import BrandRules, Compensation
from presale.models.ledger import LedgerEntry, LedgerTx
from presale.models.payment import (
    Attempt,
    InboundEvent,
    Obligation,
    ProviderObject,
    RefundAttempt,
    RefundObligation,
)
from presale.models.preorder import PreOrder, PreOrderLine
from presale.models.production import ProductionSheet, ProductionUpdate, Shipment, UpdatePicture
from presale.models.unmatched import Unmatched
from presale.models.waiting import WaitingPlace

__all__ = [
    "Attempt",
    "BankCharge",
    "BankCustomer",
    "BankDispute",
    "BankEvent",
    "BankIntent",
    "BankRefund",
    "BrandRules",
    "Campaign",
    "Compensation",
    "Delay",
    "DelayAnswer",
    "Dispute",
    "Gift",
    "InboundEvent",
    "LedgerEntry",
    "LedgerTx",
    "Obligation",
    "PersonLimit",
    "PreOrder",
    "PreOrderLine",
    "PriceStep",
    "ProductionSheet",
    "ProductionUpdate",
    "ProviderObject",
    "RefundAttempt",
    "RefundObligation",
    "Shipment",
    "Unmatched",
    "UpdatePicture",
    "Variant",
    "WaitingPlace",
]
