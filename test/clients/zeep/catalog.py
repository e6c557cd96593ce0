"""A Python caller of any service: zeep with a WSDL. One line of text a row.

    python3 catalog.py VERSION WSDL URL,URL,... ROW...     VERSION: soap11 or soap12

A row: `GetScalars row=1 > EchoScalars` calls, then echoes what came. `^` before a name: in a SOAP header. No name:
the value of a Body that is not wrapped.
"""
import hashlib
import sys

import zeep
from lxml import etree

version, wsdl, urls = sys.argv[1:4]
rows = sys.argv[4:]


def dump(value):
    """Any value on one line; strings in ASCII, numbers with their type."""
    if value is None:
        return "null"
    if isinstance(value, str):
        return ascii(value) if len(value) < 2000 else f"str {len(value)} {hashlib.md5(value.encode()).hexdigest()}"
    if isinstance(value, bytes):
        return f"bytes {value.hex()}"
    if isinstance(value, list):
        return f"[{', '.join(dump(item) for item in value)}]"
    if isinstance(value, dict):
        return f"{{{', '.join(f'{name}: {dump(item)}' for name, item in value.items())}}}"
    if isinstance(value, zeep.xsd.CompoundValue):
        members = ", ".join(f"{name}: {dump(value[name])}" for name in value)
        return f"{type(value).__name__}({members})"
    if etree.iselement(value):
        return ascii(etree.tostring(value, method="c14n").decode())
    return f"{type(value).__name__} {value}"


def told(fault):
    if fault.detail is None or len(fault.detail) == 0:
        return f"fault {fault.code}, {ascii(fault.message)}"
    element = fault.detail[0]
    try:
        detail = client.get_element(etree.QName(element)).parse(element, client.wsdl.types)
    except LookupError:
        detail = None
    return f"fault {fault.code}, {ascii(fault.message)}, {etree.QName(element).localname} {dump(detail)}"


def declared(value):
    """Without header blocks that the contract does not have: WS-Addressing, which answers zeep's own."""
    header = getattr(value, "header", None)
    if isinstance(header, zeep.xsd.CompoundValue):
        header.__values__.pop("_raw_elements", None)
    return value


def call(name, values, arguments, headers=None):
    try:
        return declared(service[name](*values, **arguments, **({"_soapheaders": headers} if headers else {})))
    except zeep.exceptions.TransportError as error:
        # zeep wants 202 or an envelope; a service on Mono answers a one-way call with 200 and nothing.
        if error.status_code == 200 and not error.content:
            return None
        raise


def given(words):
    values, arguments, headers = [], {}, {}
    for word in words:
        name, value = word.split("=", 1)
        if name == "":
            values.append(value)
        elif name[0] != "^":
            arguments[name] = value
        elif "." in name:
            header, member = name[1:].split(".")
            headers[header] = {member: value}
        else:
            headers[name[1:]] = value
    return values, arguments, headers


def run(row):
    first, _, echo = row.partition(" > ")
    name, *words = first.split(" ")
    try:
        value = call(name, *given(words))
        print(f"{row}: {dump(value)}")
        if echo:
            print(f"{row}, back: {dump(call(echo, [], {'value': value}))}")
    except zeep.exceptions.Fault as fault:
        print(f"{row}: {told(fault)}")
    except Exception as error:  # what else a caller would see: transport errors, answers that cannot be read
        print(f"{row}: error {type(error).__name__} {error}")


sys.stdout.reconfigure(encoding="utf-8")
client = zeep.Client(wsdl, transport=zeep.Transport(timeout=20, operation_timeout=20))
kind = zeep.wsdl.bindings.Soap11Binding if version == "soap11" else zeep.wsdl.bindings.Soap12Binding
binding = next(name for name, binding in client.wsdl.bindings.items() if isinstance(binding, kind))
for url in urls.split(","):
    print(f"# {url}")
    service = client.create_service(binding, url)
    for row in rows:
        run(row)
