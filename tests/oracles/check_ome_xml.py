"""Validates the OME-XML of an OME-TIFF: check_ome_xml.py <file> <ome.xsd of 2016-06>. Prints one fault a line; none for valid XML."""
import sys

import tifffile
from lxml import etree

# The schema imports the attributes of XML itself from the network; only xml:lang and the like are in there.
XML_XSD = b"""<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="http://www.w3.org/XML/1998/namespace">
<xs:attribute name="lang" type="xs:language"/><xs:attribute name="space" type="xs:NCName"/><xs:attribute name="base" type="xs:anyURI"/>
</xs:schema>"""


class Local(etree.Resolver):
    def resolve(self, url, public_id, context):
        return self.resolve_string(XML_XSD, context) if url.endswith("/xml.xsd") else None


parser = etree.XMLParser(no_network=True)
parser.resolvers.add(Local())
schema = etree.XMLSchema(etree.parse(sys.argv[2], parser))
with tifffile.TiffFile(sys.argv[1]) as file:
    schema.validate(etree.fromstring(file.ome_metadata.encode()))
for fault in schema.error_log:
    print(fault)
