"""netterms for other programs: ask for credit, go on with orders, read and set lines.

    from netterms.client import Client, Money

    with Client() as credit:
        order = credit.authorise("SO-1001", buyer_id, Money.of("1250.00", "EUR"))

Needs httpx and nothing else of netterms: no database, no Django. docs/client.md explains it.
"""

from netterms.client.asynchronous import AsyncClient
from netterms.client.calls import Answered, new_key
from netterms.client.core import Retries
from netterms.client.errors import (
    AmountOutOfRange,
    AnswerUnreadable,
    ChangedMeanwhile,
    InvoiceNumberTaken,
    KeyReused,
    MoveNotAllowed,
    NettermsError,
    NotAllowed,
    NotFound,
    NotSignedIn,
    OrderExpired,
    OrderNumberTaken,
    RateLimited,
    Unavailable,
    ValueInvalid,
    WebhookInvalid,
)
from netterms.client.sync import Client
from netterms.client.values import (
    BuyerScore,
    FoundBuyer,
    HeldOn,
    Hint,
    Invoice,
    JudgedOrder,
    Line,
    LineChange,
    LineDetail,
    LineStatus,
    LineWanted,
    Moment,
    Money,
    Moved,
    NewBuyer,
    NewOrder,
    Order,
    OrderDetail,
    OrderState,
    ScoreReason,
    Terms,
    TopUp,
)
from netterms.client.webhooks import Event, verify

__all__ = [
    "AmountOutOfRange",
    "AnswerUnreadable",
    "Answered",
    "AsyncClient",
    "BuyerScore",
    "ChangedMeanwhile",
    "Client",
    "Event",
    "FoundBuyer",
    "HeldOn",
    "Hint",
    "Invoice",
    "InvoiceNumberTaken",
    "JudgedOrder",
    "KeyReused",
    "Line",
    "LineChange",
    "LineDetail",
    "LineStatus",
    "LineWanted",
    "Moment",
    "Money",
    "MoveNotAllowed",
    "Moved",
    "NettermsError",
    "NewBuyer",
    "NewOrder",
    "NotAllowed",
    "NotFound",
    "NotSignedIn",
    "Order",
    "OrderDetail",
    "OrderExpired",
    "OrderNumberTaken",
    "OrderState",
    "RateLimited",
    "Retries",
    "ScoreReason",
    "Terms",
    "TopUp",
    "Unavailable",
    "ValueInvalid",
    "WebhookInvalid",
    "new_key",
    "verify",
]
