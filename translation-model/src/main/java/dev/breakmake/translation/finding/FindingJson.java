package dev.breakmake.translation.finding;

import dev.breakmake.translation.event.AddressRange;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Writes findings as JSON in the shape of {@code docs/schema/finding-v1.json}; addresses and values as hex strings. */
public final class FindingJson {
    private final StringBuilder out;

    private FindingJson(StringBuilder out) {
        this.out = out;
    }

    /** One finding as one JSON object. */
    public static String write(Finding finding) {
        StringBuilder out = new StringBuilder(1024);
        new FindingJson(out).finding(finding);
        return out.toString();
    }

    /** Several findings as one JSON array. */
    public static String write(List<Finding> findings) {
        StringBuilder out = new StringBuilder(1024 * findings.size() + 2);
        FindingJson json = new FindingJson(out);
        out.append('[');
        for (int i = 0; i < findings.size(); i++) {
            if (i > 0) {
                out.append(',');
            }
            json.finding(findings.get(i));
        }
        return out.append(']').toString();
    }

    private void finding(Finding f) {
        out.append('{');
        string("rule", f.rule().id());
        string("severity", f.severity().text());
        number("count", f.count());
        name("pes");
        out.append('[');
        for (int i = 0; i < f.pes().size(); i++) {
            out.append(i == 0 ? "" : ",").append(f.pes().get(i));
        }
        out.append("],");
        number("step", f.step());
        string("pc", hex(f.pc()));
        string("symbol", f.symbol());
        string("source", f.source());
        string("regime", f.regime());
        string("region", f.region());
        name("vaRanges");
        out.append('[');
        for (int i = 0; i < f.vaRanges().size(); i++) {
            out.append(i == 0 ? "" : ",");
            range(f.vaRanges().get(i));
        }
        out.append("],");
        value("old", f.oldValue());
        value("new", f.newValue());
        string("message", f.message());
        name("why");
        out.append('[');
        for (int i = 0; i < f.why().size(); i++) {
            out.append(i == 0 ? "" : ",");
            evidence(f.why().get(i));
        }
        out.append("],");
        name("compliant");
        out.append('[');
        for (int i = 0; i < f.compliant().size(); i++) {
            out.append(i == 0 ? "" : ",");
            quote(f.compliant().get(i));
        }
        out.append("],");
        name("evidence");
        out.append('{');
        boolean first = true;
        for (Map.Entry<String, String> entry : f.evidence().entrySet()) {
            out.append(first ? "" : ",");
            first = false;
            name(entry.getKey());
            quote(entry.getValue());
        }
        out.append("},");
        name("fingerprint");
        quote(f.fingerprint());
        out.append('}');
    }

    private void range(AddressRange range) {
        out.append('{');
        string("start", hex(range.start()));
        name("end");
        // The end of a range that reaches the top of the 64-bit space needs a 17th digit.
        quote(range.end() == 0 && range.start() != 0 ? "0x10000000000000000" : hex(range.end()));
        out.append('}');
    }

    private void evidence(Evidence e) {
        out.append('{');
        number("step", e.step());
        number("pe", e.pe());
        string("pc", hex(e.pc()));
        string("symbol", e.symbol());
        name("text");
        quote(e.text());
        out.append('}');
    }

    private void value(String name, @Nullable DescriptorValue value) {
        name(name);
        if (value == null) {
            out.append("null,");
            return;
        }
        out.append('{');
        string("value", hex(value.value()));
        name("text");
        quote(value.text());
        out.append("},");
    }

    private void name(String name) {
        quote(name);
        out.append(':');
    }

    private void number(String name, long value) {
        name(name);
        out.append(value).append(',');
    }

    private void string(String name, @Nullable String value) {
        name(name);
        if (value == null) {
            out.append("null");
        } else {
            quote(value);
        }
        out.append(',');
    }

    private void quote(String text) {
        out.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"' -> out.append("\\\"");
                case '\\' -> out.append("\\\\");
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                default -> {
                    // Lone surrogates cannot be encoded as UTF-8; names come from untrusted images.
                    if (c < 0x20 || c == 0x7f || Character.isSurrogate(c)) {
                        out.append("\\u").append("%04x".formatted((int) c));
                    } else {
                        out.append(c);
                    }
                }
            }
        }
        out.append('"');
    }

    private static String hex(long value) {
        return "0x" + Long.toHexString(value);
    }
}
