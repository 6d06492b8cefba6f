package dev.breakmake.cli.report.junit;

import dev.breakmake.cli.boot.BootReport;
import dev.breakmake.cli.boot.Expectation;
import dev.breakmake.cli.boot.JudgedFinding;
import dev.breakmake.cli.boot.Verdict;
import dev.breakmake.cli.report.Words;
import java.io.StringWriter;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamWriter;

/** One suite per image, one test case per boot: failure for FAILED and MISSED, error for ERRORED. */
public final class JunitReport {

    /** Characters XML 1.0 cannot carry; guests print them. */
    private static final Pattern NOT_XML = Pattern.compile("[^\\t\\n\\r\\u0020-\\ud7ff\\ue000-\\ufffd]");

    private JunitReport() {}

    /** The boots as an XML document. */
    public static String of(List<BootReport> reports) {
        StringWriter text = new StringWriter();
        try {
            XMLStreamWriter xml = XMLOutputFactory.newFactory().createXMLStreamWriter(text);
            xml.writeStartDocument("UTF-8", "1.0");
            xml.writeCharacters("\n");
            xml.writeStartElement("testsuites");
            xml.writeAttribute("name", "breakmake");
            counts(xml, reports);
            for (String image : reports.stream()
                    .map(report -> report.target().name())
                    .distinct()
                    .toList()) {
                suite(
                        xml,
                        image,
                        reports.stream()
                                .filter(report -> report.target().name().equals(image))
                                .toList());
            }
            xml.writeEndElement();
            xml.writeEndDocument();
            xml.close();
        } catch (XMLStreamException e) {
            throw new IllegalStateException("writing XML to memory cannot fail", e);
        }
        return text.append('\n').toString();
    }

    private static void counts(XMLStreamWriter xml, List<BootReport> reports) throws XMLStreamException {
        xml.writeAttribute("tests", Integer.toString(reports.size()));
        xml.writeAttribute(
                "failures",
                Long.toString(reports.stream()
                        .filter(each -> each.verdict() == Verdict.FAILED || each.verdict() == Verdict.MISSED)
                        .count()));
        xml.writeAttribute(
                "errors",
                Long.toString(reports.stream()
                        .filter(each -> each.verdict() == Verdict.ERRORED)
                        .count()));
        xml.writeAttribute(
                "skipped",
                Long.toString(reports.stream()
                        .filter(each -> each.verdict() == Verdict.SKIPPED)
                        .count()));
        long millis = reports.stream().mapToLong(BootReport::elapsedMillis).sum();
        xml.writeAttribute("time", seconds(millis));
    }

    private static void suite(XMLStreamWriter xml, String image, List<BootReport> reports) throws XMLStreamException {
        xml.writeCharacters("\n  ");
        xml.writeStartElement("testsuite");
        xml.writeAttribute("name", clean(image));
        counts(xml, reports);
        for (BootReport report : reports) {
            xml.writeCharacters("\n    ");
            xml.writeStartElement("testcase");
            xml.writeAttribute("classname", clean("breakmake." + image.replace('.', '_')));
            xml.writeAttribute("name", clean(name(report, reports)));
            xml.writeAttribute("time", seconds(report.elapsedMillis()));
            if (report.verdict() == Verdict.SKIPPED) {
                xml.writeEmptyElement("skipped");
                xml.writeAttribute("message", clean(report.outcome().message()));
            } else if (report.verdict() != Verdict.PASSED) {
                xml.writeCharacters("\n      ");
                xml.writeStartElement(report.verdict() == Verdict.ERRORED ? "error" : "failure");
                xml.writeAttribute("type", String.valueOf(report.cause()));
                xml.writeAttribute("message", clean(report.outcome().kind() + ", " + Words.tally(report.findings())));
                xml.writeCharacters(clean(details(report)));
                xml.writeEndElement();
            }
            xml.writeCharacters("\n      ");
            xml.writeStartElement("system-out");
            if (report.verdict() == Verdict.PASSED) {
                xml.writeCharacters(clean(details(report)));
            }
            xml.writeCharacters(clean(String.join("\n", report.outcome().console())));
            xml.writeEndElement();
            xml.writeCharacters("\n    ");
            xml.writeEndElement();
        }
        xml.writeCharacters("\n  ");
        xml.writeEndElement();
        xml.writeCharacters("\n");
    }

    /** Cells that differ in other axes than those every report names are told apart by all of them. */
    private static String name(BootReport report, List<BootReport> suite) {
        String name = Words.cell(report);
        boolean alone =
                suite.stream().filter(each -> Words.cell(each).equals(name)).count() == 1;
        return alone ? name : name + " [" + report.target().platform() + "]";
    }

    private static String details(BootReport report) {
        StringBuilder text = new StringBuilder(report.outcome().message()).append('\n');
        for (JudgedFinding judged : report.findings()) {
            text.append("%s %s at %s%s: %s%n"
                    .formatted(
                            judged.finding().severity().text(),
                            judged.finding().rule().id(),
                            Words.place(judged),
                            judged.expected() ? " (expected)" : "",
                            judged.finding().message()));
        }
        for (Expectation missing : report.missing()) {
            text.append("expected and missing: ").append(missing).append('\n');
        }
        return text.toString();
    }

    private static String seconds(long millis) {
        return String.format(Locale.ROOT, "%.3f", millis / 1000.0);
    }

    private static String clean(String text) {
        return NOT_XML.matcher(text).replaceAll("\ufffd");
    }
}
