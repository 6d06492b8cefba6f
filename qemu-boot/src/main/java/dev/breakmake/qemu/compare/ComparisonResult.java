package dev.breakmake.qemu.compare;

import java.util.List;
import java.util.Locale;

/**
 * How two backends compare.
 *
 * @param left name of the left backend
 * @param right name of the right backend
 * @param registerWrites register writes found equal on both sides
 * @param tlbInvalidates TLB invalidates found equal
 * @param tables states of translation tables compared, equal or not
 * @param differences what differs, at most {@link BackendComparison#MAX_DIFFERENCES}
 */
public record ComparisonResult(
        String left,
        String right,
        int registerWrites,
        int tlbInvalidates,
        int tables,
        List<BackendDifference> differences) {

    /** Copies the list. */
    public ComparisonResult {
        differences = List.copyOf(differences);
    }

    /** Whether something of every kind was compared and nothing differs: nothing compared is not agreement. */
    public boolean agree() {
        return differences.isEmpty() && registerWrites > 0 && tlbInvalidates > 0 && tables > 0;
    }

    /** {@code {agree, compared: {registerWrites, tlbInvalidates, tables}, differences[]}}; addresses are hex strings. */
    public String toJson() {
        StringBuilder json = new StringBuilder();
        json.append("{\"agree\":").append(agree());
        json.append(",\"backends\":[")
                .append(quoted(left))
                .append(',')
                .append(quoted(right))
                .append(']');
        json.append(",\"compared\":{\"registerWrites\":").append(registerWrites);
        json.append(",\"tlbInvalidates\":").append(tlbInvalidates);
        json.append(",\"tables\":").append(tables).append("},\"differences\":[");
        for (int i = 0; i < differences.size(); i++) {
            BackendDifference difference = differences.get(i);
            json.append(i == 0 ? "" : ",");
            json.append("{\"kind\":").append(quoted(difference.kind().name().toLowerCase(Locale.ROOT)));
            json.append(",\"pe\":").append(difference.pe());
            json.append(",\"step\":").append(difference.step());
            json.append(",\"pc\":").append(quoted("0x" + Long.toHexString(difference.pc())));
            json.append(",\"symbol\":").append(quoted(difference.symbol()));
            json.append(",\"left\":").append(quoted(difference.left()));
            json.append(",\"right\":").append(quoted(difference.right())).append('}');
        }
        return json.append("]}").toString();
    }

    private static String quoted(String text) {
        StringBuilder result = new StringBuilder("\"");
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                result.append('\\').append(c);
            } else if (c < ' ') {
                result.append("\\u%04x".formatted((int) c));
            } else {
                result.append(c);
            }
        }
        return result.append('"').toString();
    }
}
