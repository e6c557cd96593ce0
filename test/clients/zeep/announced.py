"""A Python caller that goes where the WSDL sends it.

    python3 announced.py WSDL-URL OPERATION NAME VALUE      the operation with one argument; prints one line of JSON.
"""
import json
import sys

import zeep
from zeep.helpers import serialize_object

wsdl, operation, name, value = sys.argv[1:5]
client = zeep.Client(wsdl, transport=zeep.Transport(timeout=20, operation_timeout=20))
print(json.dumps({"result": serialize_object(client.service[operation](**{name: value}), dict)}, default=str))
