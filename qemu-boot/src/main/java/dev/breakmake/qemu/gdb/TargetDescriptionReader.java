package dev.breakmake.qemu.gdb;

import java.io.IOException;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;

/**
 * Reads a target description and the documents it includes (gdb manual, "Target Descriptions").
 *
 * <p>External entities and DTDs are never resolved; documents, includes and registers are bounded, so that a stub cannot make the reader
 * fetch, loop or grow without end.
 */
public final class TargetDescriptionReader {

    /** Delivers the text of an annex such as {@code target.xml}. */
    @FunctionalInterface
    public interface AnnexSource {
        /** The whole document; fails if the stub has none of that name. */
        String read(String annex) throws IOException;
    }

    private static final int MAX_DOCUMENTS = 64;
    private static final int MAX_REGISTERS = 16_384;

    private final AnnexSource source;
    private final XMLInputFactory factory = XMLInputFactory.newDefaultFactory();
    private final List<TargetRegister> registers = new ArrayList<>();
    private final Set<String> seen = new HashSet<>();
    private String architecture = "";
    private int nextNumber;

    private TargetDescriptionReader(AnnexSource source) {
        this.source = source;
        factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
        factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
        factory.setProperty(XMLInputFactory.IS_NAMESPACE_AWARE, false);
    }

    /** Reads {@code target.xml} and everything it includes. */
    public static TargetDescription read(AnnexSource source) throws IOException {
        TargetDescriptionReader reader = new TargetDescriptionReader(source);
        reader.document("target.xml");
        if (reader.registers.isEmpty()) {
            throw new GdbProtocolException("the target description lists no registers");
        }
        return new TargetDescription(reader.architecture, reader.registers);
    }

    private void document(String annex) throws IOException {
        if (seen.size() == MAX_DOCUMENTS) {
            throw new GdbProtocolException("target description: more than %d documents".formatted(MAX_DOCUMENTS));
        }
        if (!seen.add(annex)) {
            throw new GdbProtocolException("target description: '%s' is included twice".formatted(annex));
        }
        try {
            XMLStreamReader xml = factory.createXMLStreamReader(new StringReader(source.read(annex)));
            try {
                elements(annex, xml);
            } finally {
                xml.close();
            }
        } catch (XMLStreamException e) {
            throw new GdbProtocolException("target description %s:%d:%d: %s"
                    .formatted(
                            annex,
                            e.getLocation() == null ? 0 : e.getLocation().getLineNumber(),
                            e.getLocation() == null ? 0 : e.getLocation().getColumnNumber(),
                            e.getMessage()));
        }
    }

    private void elements(String annex, XMLStreamReader xml) throws XMLStreamException, IOException {
        String feature = annex;
        while (xml.hasNext()) {
            if (xml.next() != XMLStreamConstants.START_ELEMENT) {
                continue;
            }
            switch (xml.getLocalName()) {
                case "architecture" -> architecture = xml.getElementText();
                case "xi:include" -> document(attribute(annex, xml, "href"));
                case "feature" -> feature = attribute(annex, xml, "name");
                case "reg" -> register(annex, xml, feature);
                default -> {
                    // Types, flags and vectors describe how to print a register, which nobody here asks for.
                }
            }
        }
    }

    private void register(String annex, XMLStreamReader xml, String feature) throws GdbProtocolException {
        if (registers.size() == MAX_REGISTERS) {
            throw new GdbProtocolException("target description: more than %d registers".formatted(MAX_REGISTERS));
        }
        String number = xml.getAttributeValue(null, "regnum");
        int regnum = number == null ? nextNumber : number(annex, xml, "regnum", number, 1 << 20);
        nextNumber = regnum + 1;
        int bits = number(annex, xml, "bitsize", attribute(annex, xml, "bitsize"), 1 << 16);
        registers.add(new TargetRegister(attribute(annex, xml, "name"), regnum, bits, feature));
    }

    private static String attribute(String annex, XMLStreamReader xml, String name) throws GdbProtocolException {
        String value = xml.getAttributeValue(null, name);
        if (value == null) {
            throw at(annex, xml, "element '%s' has no attribute '%s'".formatted(xml.getLocalName(), name));
        }
        return value;
    }

    private static int number(String annex, XMLStreamReader xml, String name, String text, int limit)
            throws GdbProtocolException {
        try {
            int value = Integer.parseInt(text);
            if (value >= 0 && value <= limit) {
                return value;
            }
        } catch (NumberFormatException e) {
            throw at(annex, xml, "attribute %s='%s' is no number".formatted(name, text));
        }
        throw at(annex, xml, "attribute %s=%s lies outside 0..%d".formatted(name, text, limit));
    }

    private static GdbProtocolException at(String annex, XMLStreamReader xml, String what) {
        return new GdbProtocolException("target description %s:%d:%d: %s"
                .formatted(
                        annex,
                        xml.getLocation().getLineNumber(),
                        xml.getLocation().getColumnNumber(),
                        what));
    }
}
