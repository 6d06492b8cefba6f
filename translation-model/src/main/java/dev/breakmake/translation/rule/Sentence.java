package dev.breakmake.translation.rule;

/** Sentences of findings: {@code %d}, {@code %s} and {@code %x} filled in, at a tenth of what a general formatter takes. */
final class Sentence {

    private Sentence() {}

    /** As {@link String#format(String, Object...)}, which is asked for everything but the three plain forms. */
    static String of(String format, Object... arguments) {
        StringBuilder text = new StringBuilder(format.length() + 64);
        int next = 0;
        for (int i = 0; i < format.length(); i++) {
            char c = format.charAt(i);
            if (c != '%') {
                text.append(c);
                continue;
            }
            i++;
            if (i == format.length() || next == arguments.length || !fill(text, format.charAt(i), arguments[next])) {
                return format.formatted(arguments);
            }
            next++;
        }
        return text.toString();
    }

    private static boolean fill(StringBuilder text, char form, Object argument) {
        switch (form) {
            case 's' -> text.append(argument);
            case 'd' -> {
                if (!(argument instanceof Integer || argument instanceof Long)) {
                    return false;
                }
                text.append(argument);
            }
            case 'x' -> {
                if (argument instanceof Long value) {
                    text.append(Long.toHexString(value));
                } else if (argument instanceof Integer value) {
                    text.append(Integer.toHexString(value));
                } else {
                    return false;
                }
            }
            default -> {
                return false;
            }
        }
        return true;
    }
}
