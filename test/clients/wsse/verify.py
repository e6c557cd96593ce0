# Reads an envelope from standard input and says what its WS-Security header proves: by lxml's canonical XML, hashlib and
# openssl, so by nothing that made it. Usage: verify.py [password]
import base64, datetime, hashlib, json, subprocess, sys, tempfile
from lxml import etree

W = 'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-'
NS = {
    'wsse': W + 'wssecurity-secext-1.0.xsd',
    'wsu': W + 'wssecurity-utility-1.0.xsd',
    'ds': 'http://www.w3.org/2000/09/xmldsig#',
    's11': 'http://schemas.xmlsoap.org/soap/envelope/',
    's12': 'http://www.w3.org/2003/05/soap-envelope',
}
WSU_ID = '{%s}Id' % NS['wsu']

root = etree.fromstring(sys.stdin.buffer.read())
security = root.find('*/wsse:Security', NS)
out = {'header': security.getparent().tag == '{%s}Header' % etree.QName(root).namespace}
must = security.get('{%s}mustUnderstand' % etree.QName(root).namespace)
out['mustUnderstand'] = must in ('1', 'true')


def c14n(element):
    return etree.tostring(element, method='c14n', exclusive=True, with_comments=False)


def fresh(text):
    then = datetime.datetime.strptime(text, '%Y-%m-%dT%H:%M:%SZ')
    return abs((datetime.datetime.utcnow() - then).total_seconds()) < 60


created = security.find('wsu:Timestamp/wsu:Created', NS)
out['timestamp'] = created is not None and fresh(created.text)

token = security.find('wsse:UsernameToken', NS)
if token is not None:
    password = token.find('wsse:Password', NS)
    out['user'] = token.find('wsse:Username', NS).text
    out['kind'] = password.get('Type').split('#')[1]
    if out['kind'] == 'PasswordDigest':
        nonce = base64.b64decode(token.find('wsse:Nonce', NS).text)
        when = token.find('wsu:Created', NS).text
        digest = hashlib.sha1(nonce + when.encode() + sys.argv[1].encode()).digest()
        out['proved'] = base64.b64encode(digest).decode() == password.text and len(nonce) >= 16 and fresh(when)
    else:
        out['proved'] = password.text == sys.argv[1]

signature = security.find('ds:Signature', NS)
if signature is not None:
    info = signature.find('ds:SignedInfo', NS)
    signed, whole = [], True
    for reference in info.findall('ds:Reference', NS):
        wanted = reference.get('URI')[1:]
        found = [e for e in root.iter() if isinstance(e.tag, str) and wanted in (e.get(WSU_ID), e.get('Id'))]
        digest = hashlib.sha256(c14n(found[0])).digest() if len(found) == 1 else b''
        whole = whole and base64.b64encode(digest).decode() == reference.find('ds:DigestValue', NS).text
        signed += [etree.QName(e).localname for e in found]
    binary = security.find('wsse:BinarySecurityToken', NS)
    pointed = signature.find('ds:KeyInfo/wsse:SecurityTokenReference/wsse:Reference', NS).get('URI')[1:]
    with tempfile.TemporaryDirectory() as folder:
        def put(name, data):
            with open(folder + '/' + name, 'wb') as file:
                file.write(data)
            return folder + '/' + name
        der = put('cert.der', base64.b64decode(binary.text))
        key = subprocess.run(['openssl', 'x509', '-inform', 'DER', '-in', der, '-pubkey', '-noout'], capture_output=True, check=True).stdout
        value = put('sig', base64.b64decode(signature.find('ds:SignatureValue', NS).text))
        check = subprocess.run(
            ['openssl', 'dgst', '-sha256', '-verify', put('key.pem', key), '-signature', value, put('info', c14n(info))],
            capture_output=True)
    out['signed'] = sorted(signed)
    out['proved'] = whole and check.returncode == 0 and pointed == binary.get(WSU_ID)

print(json.dumps(out))
