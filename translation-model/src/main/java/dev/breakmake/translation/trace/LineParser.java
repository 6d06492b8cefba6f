package dev.breakmake.translation.trace;

import dev.breakmake.translation.trace.TraceFormatException.BadField;

/** One line of the text form: words, then {@code name=value} fields in fixed order. */
final class LineParser implements FieldSource {
    private final String line;
    private int position;
    private int tokenStart;

    LineParser(String line) {
        this.line = line;
    }

    /** Column of the token read last, from 1. */
    int column() {
        return tokenStart + 1;
    }

    private void skipBlanks() {
        while (position < line.length() && line.charAt(position) == ' ') {
            position++;
        }
        tokenStart = position;
    }

    /** The next word up to a blank. */
    String word(String expected) throws BadField {
        skipBlanks();
        if (position == line.length()) {
            throw new BadField("the line ends where " + expected + " belongs");
        }
        int end = line.indexOf(' ', position);
        end = end < 0 ? line.length() : end;
        String word = line.substring(position, end);
        position = end;
        return word;
    }

    /** The value of the next field, which must have that name. */
    String value(String name) throws BadField {
        skipBlanks();
        if (!line.startsWith(name, position) || !line.startsWith("=", position + name.length())) {
            throw new BadField("expected field " + name + "=");
        }
        position += name.length() + 1;
        if (position < line.length() && line.charAt(position) == '"') {
            return unquote();
        }
        int end = line.indexOf(' ', position);
        end = end < 0 ? line.length() : end;
        String value = line.substring(position, end);
        position = end;
        return value;
    }

    void end() throws BadField {
        skipBlanks();
        if (position < line.length()) {
            throw new BadField("nothing may follow the last field, found '" + line.substring(position) + "'");
        }
    }

    long decimal(String text) throws BadField {
        try {
            return Long.parseUnsignedLong(text);
        } catch (NumberFormatException e) {
            throw new BadField("'" + text + "' is no decimal number");
        }
    }

    @Override
    public long number(Field field) throws BadField {
        String value = value(field.word());
        return switch (field.shape()) {
            case HEX -> Lists.hex(value);
            case DECIMAL, FLAG -> decimal(value);
            case SIGNED -> signed(value);
            case NAME -> named(field, value);
            case TEXT -> throw new IllegalArgumentException(field + " is text");
        };
    }

    private static long signed(String text) throws BadField {
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException e) {
            throw new BadField("'" + text + "' is no number");
        }
    }

    private static long named(Field field, String name) throws BadField {
        int value = field.valueNamed(name);
        if (value < 0) {
            throw new BadField("%s has no value '%s'".formatted(field.word(), name));
        }
        return value;
    }

    @Override
    public String text(Field field) throws BadField {
        return value(field.word());
    }

    private String unquote() throws BadField {
        StringBuilder text = new StringBuilder();
        position++;
        while (position < line.length()) {
            char c = line.charAt(position++);
            if (c == '"') {
                return text.toString();
            }
            text.append(c == '\\' ? escaped() : c);
        }
        throw new BadField("a quoted text does not end");
    }

    private char escaped() throws BadField {
        char c = position < line.length() ? line.charAt(position++) : ' ';
        return switch (c) {
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            case '"', '\\' -> c;
            case 'u' -> codeUnit();
            default -> throw new BadField("unknown escape \\" + c);
        };
    }

    private char codeUnit() throws BadField {
        if (position + 4 <= line.length()) {
            String digits = line.substring(position, position + 4);
            if (digits.chars().allMatch(c -> Character.digit(c, 16) >= 0)) {
                position += 4;
                return (char) Integer.parseInt(digits, 16);
            }
        }
        throw new BadField("\\u needs four hexadecimal digits");
    }

    /** Appends a text, quoted if it is anything but a plain word. */
    static void quote(String text, StringBuilder out) {
        boolean plain = text.chars().allMatch(c -> c > ' ' && c < 127 && c != '"' && c != '\\');
        if (plain) {
            out.append(text);
            return;
        }
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
                    if (c < ' '
                            || c == 127
                            || Character.isSurrogate(c)
                            || c == '\u0085'
                            || c == '\u2028'
                            || c == '\u2029') {
                        out.append("\\u%04x".formatted((int) c));
                    } else {
                        out.append(c);
                    }
                }
            }
        }
        out.append('"');
    }
}
