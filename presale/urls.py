"""Addresses of the pre-sale."""

from django.urls import path

from presale import webhooks
from presale.views import (
    address_lock,
    balances,
    bank,
    checkout,
    console,
    decisions,
    desk,
    house,
    making,
    news,
    order_changes,
    order_payments,
    order_questions,
    orders,
    shop,
    waiting,
    wizard,
)

app_name = "presale"
_order = "orders/<str:code>/"
_brand = "m/<slug:slug>/"
_campaign = _brand + "campaigns/<int:pk>/"
urlpatterns = [
    path("pre-orders/", shop.campaign_list, name="campaign-list"),
    path("c/<int:pk>/", shop.campaign, name="campaign"),
    path("c/<int:pk>/checkout/", checkout.details, name="checkout"),
    path("c/<int:pk>/checkout/code/", checkout.code, name="checkout-code"),
    path("c/<int:pk>/checkout/pay/", checkout.pay, name="checkout-pay"),
    path("c/<int:pk>/waiting/", waiting.join, name="waiting-join"),
    path("waiting/join/<str:token>/", waiting.join_by_link, name="waiting-link"),
    path("waiting/<str:code>/", waiting.place, name="waiting"),
    path("waiting/<str:code>/leave/", waiting.leave, name="waiting-leave"),
    path("waiting/<str:code>/take/", waiting.take, name="waiting-take"),
    path("me/orders/", orders.my_orders, name="my-orders"),
    path(_order, orders.order, name="order"),
    path(_order + "return/", orders.order_return, name="order-return"),
    path(_order + "pay/", order_payments.order_pay, name="order-pay"),
    path(_order + "variant/", order_changes.order_variant, name="order-variant"),
    path(_order + "quantity/", order_changes.order_quantity, name="order-quantity"),
    path(_order + "address/", order_changes.order_address, name="order-address"),
    path(_order + "cancel/", order_changes.order_cancel, name="order-cancel"),
    path(_order + "stop-charge/", order_payments.order_stop_charge, name="order-stop-charge"),
    path(_order + "charge-day/", balances.charge_day, name="order-charge-day"),
    path(_order + "close/", order_questions.close, name="order-close"),
    path(_order + "delay/", order_questions.delay, name="order-delay"),
    path(_order + "received/", order_changes.order_received, name="order-received"),
    path(_order + "receipt/", orders.order_receipt, name="order-receipt"),
    path(_order + "account/", orders.order_attach, name="order-attach"),
    path("pay/<str:token>/", order_payments.pay_link, name="pay-link"),
    path("pay/<str:token>/new/", order_payments.pay_link_new, name="pay-link-new"),
    path("demo/bank/<str:ref>/", bank.bank, name="bank"),
    path("webhooks/<slug:provider>/", webhooks.receive, name="webhook"),
    path("m/", console.brands, name="console-list"),
    path(_brand, console.home, name="console"),
    path(_brand + "entries/<int:pk>/campaign/", wizard.new, name="campaign-new"),
    path(_campaign, console.campaign, name="campaign-manage"),
    path(_campaign + "edit/", wizard.edit, name="campaign-edit"),
    path(_campaign + "review/", wizard.review, name="campaign-review"),
    path(_campaign + "publish/", wizard.publish, name="campaign-publish"),
    path(_campaign + "unpublish/", console.unpublish, name="campaign-unpublish"),
    path(_campaign + "open/", console.open_now, name="campaign-open"),
    *[
        path(f"{_campaign}{what}/", decisions.decide, {"what": what}, name=f"campaign-{what}")
        for what in decisions.DECISIONS
    ],
    path(_campaign + "address-lock/", address_lock.address_lock, name="address-lock"),
    path(_campaign + "orders/", console.orders, name="orders"),
    path(_campaign + "orders/<str:number>/", desk.order, name="order-manage"),
    path(_campaign + "orders/<str:number>/remind/", balances.remind, name="order-remind"),
    path(_campaign + "balances/", balances.run, name="balances"),
    path(_campaign + "orders.csv", console.orders_csv, name="orders-csv"),
    path(_campaign + "options.csv", console.matrix_csv, name="matrix-csv"),
    path(_campaign + "sheet/", making.sheet, name="sheet"),
    path(_campaign + "sheet/freeze/", making.freeze, name="sheet-freeze"),
    path(_campaign + "sheets/<int:number>/", making.sheet_view, name="sheet-view"),
    path(
        _campaign + "sheets/<int:number>.csv", making.sheet_file, {"kind": "csv"}, name="sheet-csv"
    ),
    path(
        _campaign + "sheets/<int:number>.xlsx",
        making.sheet_file,
        {"kind": "xlsx"},
        name="sheet-xlsx",
    ),
    path(_campaign + "updates/new/", news.new, name="update-new"),
    path(_brand + "rules/", house.rules, name="brand-rules"),
    path(_campaign + "compensations/", house.compensations, name="compensations"),
    path(_campaign + "shipments/", making.shipments, name="shipments"),
    path(_campaign + "shipments/delivered/", making.delivered, name="delivered"),
]
