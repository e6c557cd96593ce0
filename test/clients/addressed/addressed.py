"""A Python caller with WS-Addressing, which zeep uses by itself where a WSDL says wsam:Action. An answer to another message is
an error, as it is to stacks that check it.

    python3 addressed.py URL WSDL TEXT COUNT     the answers, a line each
"""
import sys

import zeep

WSA = {"a": "http://www.w3.org/2005/08/addressing"}
url, wsdl, text, count = sys.argv[1:5]


class Related(zeep.Plugin):
    sent = None

    def egress(self, envelope, http_headers, operation, binding_options):
        self.sent = envelope.findtext(".//a:MessageID", namespaces=WSA)
        return envelope, http_headers

    def ingress(self, envelope, http_headers, operation):
        found = [each.text for each in envelope.findall(".//a:RelatesTo", namespaces=WSA)]
        if found != [self.sent]:
            raise ValueError("sent %s, and got an answer to %s" % (self.sent, found))
        return envelope, http_headers


client = zeep.Client(wsdl, plugins=[Related()])
service = client.create_service("{urn:addressed}Addressed", url)
for _ in range(int(count)):
    print(service.Echo(text))
