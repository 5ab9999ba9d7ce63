"""Production through HTTP: frozen sheets equal the orders, news with photos, parcels."""

import csv
import io
import re
import uuid

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from core.models import Outbox
from core.states import WrongState
from fans.models import Contribution
from presale import ticks
from presale.actions import batches, campaigns, fulfilment, orders, production
from presale.models import (
    LedgerTx,
    PreOrder,
    PreOrderLine,
    ProductionSheet,
    ProductionUpdate,
    Shipment,
)
from tests import cast, pictures
from tests.presale import house

pytestmark = pytest.mark.django_db
PEOPLE = [("Ada", "B", 2), ("Kenji", "S", 3), ("Olga", "G", 1)]


@pytest.fixture
def campaign(sound):
    """In production: three orders, six units, all paid."""
    made = house.opened()
    for name, sku, quantity in PEOPLE:
        house.deposited(made, name, sku=sku, quantity=quantity)
    house.counted(made)
    for order in made.orders.all():
        house.pay(order)
    for _step in range(3):
        ticks.run_all(timezone.now())
    made.refresh_from_db()
    assert made.state == "production"
    return made


@pytest.fixture
def mei(sign_in, campaign):
    return sign_in(cast.person("Mei"))


def url(campaign, tail: str = "") -> str:
    return f"/m/weft/campaigns/{campaign.pk}/{tail}"


def seen(client, campaign) -> dict[str, str]:
    """What the page showed, as its form sends it."""
    page = client.get(url(campaign, "sheet/")).content.decode()
    return {
        name: re.search(rf'name="{name}" value="([^"]*)"', page)[1] for name in ("seen", "units")
    }


def freeze(client, campaign):
    return client.post(url(campaign, "sheet/freeze/"), seen(client, campaign))


def order_of(name: str) -> PreOrder:
    return PreOrder.objects.get(user=cast.person(name))


def release(name: str) -> None:
    """The brand lets one order go, and its money goes back."""
    orders.release_order(order_of(name), actor="user:1", reason="Asked kindly.", now=timezone.now())
    house.hear()
    ticks.run_all(timezone.now())


def test_a_frozen_sheet_equals_the_orders_to_the_last_unit(mei, campaign):
    assert freeze(mei, campaign).status_code == 302
    sheet = ProductionSheet.objects.get()
    by_sku = {row["sku"]: row["units"] for row in sheet.rows}
    lines = PreOrderLine.objects.filter(order__state="in-production")
    assert (sheet.number, sheet.units, by_sku) == (1, 6, {"B": 2, "S": 3, "G": 1})
    assert sheet.units == sum(line.quantity for line in lines) == sum(by_sku.values())
    assert sheet.units == sum(one["units"] for one in sheet.orders)
    assert {one["number"] for one in sheet.orders} == {o.number for o in campaign.orders.all()}


def test_orders_that_moved_since_the_page_refuse_the_sheet(mei, campaign):
    form = seen(mei, campaign)
    release("Olga")
    answer = mei.post(url(campaign, "sheet/freeze/"), form)
    assert answer.status_code == 409 and not ProductionSheet.objects.exists()
    assert "showed 6 units, now there are 5" in answer.content.decode()


def test_a_sheet_nobody_saw_is_not_frozen(mei, campaign):
    for form in ({}, {"seen": "x", "units": "-1"}, {"units": "6"}):
        assert mei.post(url(campaign, "sheet/freeze/"), form).status_code == 409
    assert not ProductionSheet.objects.exists()


def test_the_same_orders_make_no_second_sheet(mei, campaign):
    form = seen(mei, campaign)
    mei.post(url(campaign, "sheet/freeze/"), form)
    assert mei.post(url(campaign, "sheet/freeze/"), form).status_code == 409
    assert ProductionSheet.objects.count() == 1


def test_a_change_makes_number_two_with_the_difference_shown(mei, campaign):
    freeze(mei, campaign)
    release("Olga")
    assert freeze(mei, campaign).url.endswith("/sheets/2/")
    first, second = ProductionSheet.objects.order_by("number")
    assert (first.units, second.units) == (6, 5)
    page = mei.get(url(campaign, "sheets/2/")).content.decode()
    assert "Against sheet 1" in page and "<b>-1</b>" in page
    assert "Against sheet" not in mei.get(url(campaign, "sheets/1/")).content.decode()


def test_no_sheet_before_production(mei, sound):
    early = house.opened(title="Early")
    house.deposited(early, "Ada")
    form = {"seen": "", "units": "0"}
    assert mei.post(url(early, "sheet/freeze/"), form).status_code == 409
    assert not ProductionSheet.objects.exists()


def test_the_files_say_what_the_sheet_says(mei, campaign):
    freeze(mei, campaign)
    rows = list(csv.reader(io.StringIO(mei.get(url(campaign, "sheets/1.csv")).content.decode())))
    assert rows[1:] == [["B", "Blue", "2"], ["S", "Sand", "3"], ["G", "Grey", "1"],
                        ["Total", "", "6"]]  # fmt: skip
    answer = mei.get(url(campaign, "sheets/1.xlsx"))
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    units = book.worksheets[0]
    assert [cell.value for cell in units["C"]] == ["Units", 2, 3, 1, 6]
    assert sum(row[2].value for row in book.worksheets[1].iter_rows(min_row=2)) == 6


def test_no_cell_of_a_sheet_is_a_formula(mei, campaign):
    campaign.variants.filter(sku="B").update(label="=1+1", sku="+B")
    freeze(mei, campaign)
    text = mei.get(url(campaign, "sheets/1.csv")).content.decode()
    assert "'=1+1" in text and "'+B" in text
    book = openpyxl.load_workbook(io.BytesIO(mei.get(url(campaign, "sheets/1.xlsx")).content))
    assert {cell.data_type for sheet in book for row in sheet for cell in row} <= {"s", "n"}


def test_other_brands_do_not_find_a_sheet(mei, sign_in, campaign):
    freeze(mei, campaign)
    cast.brand("Kettle", "Ruth")
    ruth = sign_in(cast.person("Ruth"))
    for tail in ("sheets/1/", "sheets/1.csv", "sheets/1.xlsx"):
        assert ruth.get(url(campaign, tail)).status_code == 403
        assert ruth.get(url(campaign, tail).replace("weft", "kettle")).status_code == 404


def test_an_update_with_a_photo_reaches_the_page_and_everybody_who_ordered(mei, campaign, client):
    form = {
        "form_key": str(uuid.uuid4()),
        "stage": "making",
        "title": "First pieces",
        "body": "Seams hold.",
        "photos-0-id": str(uuid.uuid4()),
        "photos-0-alt": "Twelve pieces on the line",
        "photos-0-file": SimpleUploadedFile("p.jpg", pictures.jpeg(), "image/jpeg"),
    }
    for n in range(1, 4):
        form[f"photos-{n}-id"] = str(uuid.uuid4())
    before = Outbox.objects.count()
    assert mei.post(url(campaign, "updates/new/"), form).status_code == 302
    update = ProductionUpdate.objects.get()
    assert update.pictures.get().alt == "Twelve pieces on the line"
    assert Outbox.objects.count() == before  # nobody waits for the mails
    ticks.tell_updates(timezone.now())
    assert Outbox.objects.count() - before == len(PEOPLE)
    client.logout()
    page = client.get(f"/c/{campaign.pk}/").content.decode()
    assert "First pieces" in page and "Twelve pieces on the line" in page
    assert "First pieces" in client.get(f"/orders/{order_of('Ada').code}/").content.decode()


def news(campaign, **changes):
    """Post news about the campaign now."""
    said = production.News("making", "Seams", "They hold.", [], uuid.uuid4())
    by = {"author": cast.person("Mei"), "now": timezone.now(), **changes}
    return production.post_update(campaign=campaign, news=said, **by)


def test_news_is_mailed_in_batches_to_each_buyer_once(campaign, monkeypatch):
    monkeypatch.setattr(batches, "MAILS", 2)
    update, told, counts = news(campaign), Outbox.objects.filter(key__contains=":update:"), []
    for _again in range(3):
        ticks.tell_updates(timezone.now())
        counts.append(told.count())
    assert counts == [2, 3, 3]
    update.refresh_from_db()
    assert update.told_at
    to = sorted(told.values_list("to", flat=True))
    assert to == sorted(cast.person(name).email for name, *_order in PEOPLE)


def test_who_ordered_after_the_news_or_no_longer_orders_is_not_mailed(sound):
    made = house.opened()
    house.deposited(made, "Ada")
    gone = house.deposited(made, "Kenji")
    news(made)
    orders.cancel_order(gone, actor="user:1", now=timezone.now())
    house.deposited(made, "Olga")
    ticks.tell_updates(timezone.now())
    told = Outbox.objects.filter(key__contains=":update:")
    assert [mail.to for mail in told] == ["ada@example.com"]


def test_the_same_form_of_news_is_answered_with_the_same_page(mei, campaign):
    form = {"form_key": str(uuid.uuid4()), "stage": "making", "title": "Once", "body": "Only."}
    for n in range(4):
        form[f"photos-{n}-id"] = str(uuid.uuid4())
    answers = [mei.post(url(campaign, "updates/new/"), form) for _again in range(2)]
    assert {(answer.status_code, answer.url) for answer in answers} == {(302, url(campaign))}
    ticks.tell_updates(timezone.now())
    assert Outbox.objects.filter(key__contains=":update:").count() == len(PEOPLE)


def test_a_photo_without_words_keeps_the_text_and_posts_nothing(mei, campaign):
    form = {
        "form_key": str(uuid.uuid4()),
        "stage": "making",
        "title": "Kept title",
        "body": "Seams hold.",
        "photos-0-id": str(uuid.uuid4()),
        "photos-0-file": SimpleUploadedFile("p.jpg", pictures.jpeg(), "image/jpeg"),
    }
    for n in range(1, 4):
        form[f"photos-{n}-id"] = str(uuid.uuid4())
    answer = mei.post(url(campaign, "updates/new/"), form)
    assert answer.status_code == 422 and "Kept title" in answer.content.decode()
    assert not ProductionUpdate.objects.exists()


def test_rows_of_the_table_mark_orders_as_sent(mei, campaign):
    ada, kenji = order_of("Ada"), order_of("Kenji")
    form = {
        "number": [ada.number, kenji.number],
        "carrier": ["Post", ""],
        "tracking": ["RA123", ""],
    }
    assert mei.post(url(campaign, "shipments/"), form).status_code == 302
    ada.refresh_from_db()
    kenji.refresh_from_db()
    campaign.refresh_from_db()
    assert (ada.state, kenji.state, campaign.state) == ("shipped", "in-production", "shipping")
    assert ada.shipment.tracking == "RA123"
    assert LedgerTx.objects.filter(cause=f"sale:{ada.pk}").count() == 1


def test_a_pasted_list_marks_all_of_its_orders(mei, campaign):
    lines = [f"{o.number}; DHL; T{o.pk}" for o in campaign.orders.all()]
    form = {"csv": "\n".join(["Number; Carrier; Tracking", *lines, ""])}
    looked = mei.post(url(campaign, "shipments/"), form)
    assert looked.status_code == 200 and "Mark 3 orders as sent" in looked.content.decode()
    assert not Shipment.objects.exists()
    form["confirmed"] = "1"
    assert mei.post(url(campaign, "shipments/"), form).status_code == 302
    assert Shipment.objects.filter(carrier="DHL").count() == 3
    assert set(campaign.orders.values_list("state", flat=True)) == {"shipped"}


def test_one_bad_line_marks_nothing_and_every_bad_line_is_named(mei, campaign):
    ada, kenji = order_of("Ada"), order_of("Kenji")
    text = f"{ada.number},DHL,T1\nXXXX-0000,DHL,T2\n{kenji.number},DHL,\n{ada.number},DHL,T3"
    answer = mei.post(url(campaign, "shipments/"), {"csv": text})
    page = answer.content.decode()
    assert answer.status_code == 422 and not Shipment.objects.exists()
    assert "Line 2: There is no order XXXX-0000" in page
    assert "Line 3: The carrier or the tracking number is missing." in page
    assert f"Line 4: Order {ada.number} is in line 1 already." in page
    assert "XXXX-0000,DHL,T2" in page


def test_an_order_is_not_sent_twice(mei, campaign):
    ada = order_of("Ada")
    mei.post(url(campaign, "shipments/"), {"csv": f"{ada.number},DHL,T1", "confirmed": "1"})
    answer = mei.post(url(campaign, "shipments/"), {"csv": f"{ada.number},UPS,T2"})
    assert answer.status_code == 422 and "cannot be sent: Shipped" in answer.content.decode()
    assert Shipment.objects.get().carrier == "DHL"


def test_another_brands_order_is_not_sent(mei, campaign, sound):
    other = house.opened(title="Other")
    foreign = house.deposited(other, "Ada")
    answer = mei.post(url(campaign, "shipments/"), {"csv": f"{foreign.number},DHL,T1"})
    assert answer.status_code == 422 and not Shipment.objects.exists()


def test_an_empty_table_marks_nothing(mei, campaign):
    answer = mei.post(
        url(campaign, "shipments/"), {"number": ["A"], "carrier": ["x"], "tracking": [""]}
    )
    assert answer.status_code == 422 and "Nothing was marked" in answer.content.decode()


def test_the_buyer_or_the_brand_marks_it_delivered_once(mei, campaign, client):
    ada, kenji = order_of("Ada"), order_of("Kenji")
    lines = f"{ada.number},DHL,T1\n{kenji.number},DHL,T2"
    mei.post(url(campaign, "shipments/"), {"csv": lines, "confirmed": "1"})
    mei.post(url(campaign, "shipments/delivered/"), {"number": kenji.number})
    client.logout()
    client.post(f"/orders/{ada.code}/received/")
    client.post(f"/orders/{ada.code}/received/")
    for order in (ada, kenji):
        order.refresh_from_db()
        assert order.state == "delivered" and order.shipment.delivered_at
    received = Contribution.objects.filter(kind="order-received")
    assert received.count() == 2
    assert "Delivered" in client.get(f"/orders/{ada.code}/").content.decode()


def test_what_is_not_on_its_way_cannot_be_received(client, campaign):
    ada = order_of("Ada")
    client.post(f"/orders/{ada.code}/received/")
    ada.refresh_from_db()
    assert ada.state == "in-production"


def test_nothing_is_sent_once_the_campaign_is_called_off(mei, campaign):
    stale = type(campaign).objects.get(pk=campaign.pk)
    campaigns.cancel(campaign, actor="user:1", reason="No cloth.", now=timezone.now())
    order = order_of("Ada")
    with pytest.raises(WrongState):
        fulfilment.ship_order(order, actor="user:1", now=timezone.now())
    parcel = production.Parcel(1, order.number, "DHL", "T1")
    with pytest.raises(production.NotInProduction):
        production.mark_shipped(
            campaign=stale, parcels=[parcel], author=cast.person("Mei"), now=timezone.now()
        )
    assert not Shipment.objects.exists() and order_of("Ada").state == "in-production"
    ticks.run_all(timezone.now())


@pytest.mark.parametrize(
    ("tail", "status"),
    [("DHL,T1\rsecond", 422), ('DHL,"' + "x" * 140_000, 422), ("DHL," + "T" * 81, 422)],
)
def test_a_list_that_cannot_be_read_marks_nothing(mei, campaign, tail, status):
    text = f"{order_of('Ada').number},{tail}"
    assert mei.post(url(campaign, "shipments/"), {"csv": text}).status_code == status
    assert not Shipment.objects.exists()


def test_a_number_may_be_written_small(mei, campaign):
    form = {"csv": f"{order_of('Ada').number.lower()},DHL,T1", "confirmed": "1"}
    assert mei.post(url(campaign, "shipments/"), form).status_code == 302
    assert order_of("Ada").state == "shipped"


def test_a_count_no_page_showed_refuses_the_sheet(mei, campaign):
    data = {"seen": "x", "units": "9" * 5000}
    assert mei.post(url(campaign, "sheet/freeze/"), data).status_code == 409


def test_a_photo_of_news_is_not_asked_whether_it_is_a_sketch(mei, campaign):
    page = mei.get(url(campaign, "updates/new/")).content.decode()
    assert 'name="photos-0-alt"' in page and "photos-0-label" not in page


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030"])
def test_the_same_file_again_does_nothing_again(mei, campaign, encoding):
    ada = order_of("Ada")
    text = f"订单号,快递,单号\n{ada.number},顺丰,T1"
    file = SimpleUploadedFile("list.csv", text.encode(encoding))
    page = mei.post(url(campaign, "shipments/"), {"file": file}).content.decode()
    assert "顺丰" in page and not Shipment.objects.exists()
    form = {"csv": text.split("\n")[1], "confirmed": "1"}
    for _time in range(2):
        assert mei.post(url(campaign, "shipments/"), form).status_code == 302
    assert Shipment.objects.count() == 1
    assert Outbox.objects.filter(key=f"order:{ada.pk}:shipped").count() == 1
    again = mei.post(url(campaign, "shipments/"), {"csv": form["csv"]}).content.decode()
    assert "marked before; nothing happens" in again


@pytest.mark.parametrize("body", [b"\xff\xfe\x00\x81", b"x" * 200_001])
def test_a_file_that_is_no_list_is_refused(mei, campaign, body):
    file = SimpleUploadedFile("list.csv", body)
    answer = mei.post(url(campaign, "shipments/"), {"file": file, "confirmed": "1"})
    assert answer.status_code == 422 and not Shipment.objects.exists()
