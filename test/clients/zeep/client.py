"""A Python caller: zeep with a WSDL.

    python3 client.py URL WSDL CLIENT-ID IDS REF     one line of JSON a call. `-`: no id header, no writes.
"""
import datetime
import decimal
import json
import sys

import zeep
from lxml import etree
from zeep.helpers import serialize_object

CONTRACT = "http://contoso.example/orders"
url, wsdl, client_id, ids, reference = sys.argv[1:6]

client = zeep.Client(wsdl, transport=zeep.Transport(timeout=20, operation_timeout=20))
service = client.create_service("{%s}BasicHttpBinding_IOrderService" % CONTRACT, url)
if client_id != "-":
    header = etree.Element("{%s}ClientId" % CONTRACT)
    header.text = client_id
    client.set_default_soapheaders([header])


def text(value):
    return None if value is None else str(value)


def time(value):
    """zeep rounds to microseconds in its own way; milliseconds are beyond doubt."""
    return value.isoformat(timespec="milliseconds") if isinstance(value, datetime.datetime) else value


def members(array, item):
    """zeep cannot tell a list that is nil from one that is empty: None for both."""
    return array and array[item] or None


def line_of(line):
    return {"Price": text(line["Price"]), "Quantity": line["Quantity"], "Sku": line["Sku"]}


def order_of(order):
    lines = members(order["Lines"], "OrderLine")
    return {
        "Amount": text(order["Amount"]),
        "Customer": order["Customer"],
        "Id": order["Id"],
        "Lines": None if lines is None else [line_of(line) for line in lines],
        "Note": order["Note"],
        "Number": text(order["Number"]),
        "Placed": time(order["Placed"]),
        "Serial": text(order["Serial"]),
        "ShippedAt": time(order["ShippedAt"]),
        "Status": order["Status"],
        "Tags": members(order["Tags"], "string"),
        "Channel": order["Channel"],
    }


def orders_of(result):
    return [order_of(serialize_object(order, dict)) for order in result or []]


def receipt_of(result):
    receipt = serialize_object(result, dict)
    return {**receipt, "Number": text(receipt["Number"]), "Total": text(receipt["Total"])}


def detail_of(element):
    """The fault's type and members if the contract declares it, else nothing."""
    try:
        typed = client.get_element(etree.QName(element)).parse(element, client.wsdl.types)
    except LookupError:
        return None, None
    members = serialize_object(typed, dict)
    return etree.QName(element).localname, {name: text(value) for name, value in members.items()}


def fault_of(fault):
    element = next(iter(fault.detail), None) if fault.detail is not None else None
    type, detail = (None, None) if element is None else detail_of(element)
    return {"type": type, "code": fault.code, "message": fault.message, "detail": detail}


def one_way(ask):
    """zeep wants 202 or an envelope; a service on Mono answers a one-way call with 200 and nothing."""
    try:
        ask()
    except zeep.exceptions.TransportError as error:
        if error.status_code != 200 or error.content:
            raise


def call(name, ask):
    line = {"call": name}
    try:
        line["value"] = ask()
    except zeep.exceptions.Fault as fault:
        line["fault"] = fault_of(fault)
    except Exception as error:  # what else a caller would see: transport errors, answers that cannot be read
        line["error"] = f"{type(error).__name__}: {error}"
    print(json.dumps(line, ensure_ascii=False), flush=True)


sys.stdout.reconfigure(encoding="utf-8")
call("Ping()", service.Ping)
for id in ids.split(","):
    call(f"GetOrder({id})", lambda: order_of(serialize_object(service.GetOrder(int(id)), dict)))
call("ListOrders(C0007, null, 3)", lambda: orders_of(service.ListOrders("C0007", None, 3)))
call("ListOrders(null, Paid, 2)", lambda: orders_of(service.ListOrders(None, "Paid", 2)))
call("ListOrders(nobody, null, 5)", lambda: orders_of(service.ListOrders("nobody", None, 5)))
if reference != "-":
    lines = [
        {"Price": decimal.Decimal("1.10"), "Quantity": 3, "Sku": "SKU-1"},
        {"Price": decimal.Decimal("9007199254740993.123400"), "Quantity": 1, "Sku": "<&>"},
    ]
    order = {"ClientRef": reference, "CustomerCode": "C0007", "Lines": {"OrderLine": lines}, "Note": "ü"}
    shipped = datetime.datetime(2024, 5, 6, 7, 8, 9, tzinfo=datetime.timezone.utc)
    call("PlaceOrder(two lines)", lambda: receipt_of(service.PlaceOrder(order)))
    call("PlaceOrder(no lines)", lambda: receipt_of(service.PlaceOrder({**order, "Lines": {"OrderLine": []}})))
    call("CancelOrder(3)", lambda: service.CancelOrder(3, "changed our mind"))
    call("CancelOrder(900001)", lambda: service.CancelOrder(900001, None))
    call("NotifyShipment(3)", lambda: one_way(lambda: service.NotifyShipment(3, shipped, "ship & co")))
