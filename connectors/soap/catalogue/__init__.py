"""The standard schemas that WSDLs import by their public addresses, as far as a WSDL needs them; written for the hub.

Nothing is asked of the internet to read a WSDL. A version that the department sends along is read instead of ours.
"""

from functools import cache
from importlib.resources import files

_FILES = {
    "http://schemas.xmlsoap.org/soap/encoding/": "soap-encoding-1.1.xsd",
    "http://www.w3.org/2003/05/soap-encoding": "soap-encoding-1.2.xsd",
    "http://schemas.xmlsoap.org/soap/envelope/": "soap-envelope-1.1.xsd",
    "http://www.w3.org/2003/05/soap-envelope": "soap-envelope-1.2.xsd",
    "http://schemas.xmlsoap.org/wsdl/": "wsdl-1.1.xsd",
    "http://schemas.xmlsoap.org/wsdl/soap/": "wsdl-soap.xsd",
    "http://www.w3.org/XML/1998/namespace": "xml.xsd",
    "http://www.w3.org/1999/xlink": "xlink.xsd",
    "http://www.w3.org/2001/XMLSchema": "xml-schema.xsd",
    "http://www.w3.org/2005/05/xmlmime": "xmlmime-2005.xsd",
    "http://www.w3.org/2004/11/xmlmime": "xmlmime-2004.xsd",
    "http://www.w3.org/2004/08/xop/include": "xop-include.xsd",
    "http://ws-i.org/profiles/basic/1.1/xsd": "swaref.xsd",
    "http://schemas.xmlsoap.org/ws/2004/08/addressing": "addressing-2004.xsd",
    "http://www.w3.org/2005/08/addressing": "addressing-2005.xsd",
    "http://www.w3.org/2006/05/addressing/wsdl": "addressing-wsdl-2006.xsd",
    "http://www.w3.org/2007/05/addressing/metadata": "addressing-metadata-2007.xsd",
    "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd": "wss-utility.xsd",
    "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd": "wss-secext.xsd",
    "http://www.w3.org/2000/09/xmldsig#": "xmldsig.xsd",
    "urn:schemas-microsoft-com:xml-msdata": "msdata.xsd",
    "urn:schemas-microsoft-com:xml-diffgram-v1": "diffgram.xsd",
    "http://microsoft.com/wsdl/types/": "microsoft-types.xsd",
    "http://schemas.microsoft.com/2003/10/Serialization/": "microsoft-serialization.xsd",
    "http://schemas.microsoft.com/2003/10/Serialization/Arrays": "microsoft-arrays.xsd",
    "http://schemas.microsoft.com/Message": "microsoft-message.xsd",
    "http://xml.apache.org/xml-soap": "apache-xml-soap.xsd",
    "http://x-road.eu/xsd/xroad.xsd": "xroad.xsd",
    "http://x-road.eu/xsd/identifiers": "xroad-identifiers.xsd",
    "http://x-road.ee/xsd/x-road.xsd": "xroad-5.xsd",
}


@cache
def standard(namespace: str | None) -> bytes | None:
    """Our version of the standard schema of a namespace, if it is one."""
    name = _FILES.get(namespace or "")
    return None if name is None else (files(__name__) / name).read_bytes()
